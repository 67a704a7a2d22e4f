"""A fake wiki: pages that exist, moved, refuse HEAD, want a sign-in, or break."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.test_utils import TestServer


class FakeWiki:
    """Answers by path, and records each request: method and path, and its headers."""

    def __init__(self) -> None:
        self.statuses: dict[str, int] = {}  # by path; 200 without one
        self.moved: dict[str, str] = {}  # by path: where it redirects
        self.refuses_head: dict[str, int] = {}  # by path: the status of HEAD
        self.requests: list[tuple[str, str]] = []
        self.headers: list[dict[str, str]] = []
        self.at_once = 0
        self.most_at_once = 0
        self.counts: Counter[str] = Counter()
        self.url = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        self.requests.append((request.method, request.path))
        self.headers.append(dict(request.headers))
        self.counts[request.path] += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        for _ in range(20):  # others that are on their way may arrive
            await asyncio.sleep(0)
        self.at_once -= 1
        path = request.path
        if request.method == "HEAD" and path in self.refuses_head:
            return web.Response(status=self.refuses_head[path])
        if path in self.moved:
            return web.Response(status=302, headers={"Location": self.moved[path]})
        return web.Response(status=self.statuses.get(path, 200), text="page")


@asynccontextmanager
async def wiki() -> AsyncIterator[FakeWiki]:
    """Serve a fake wiki on the loopback."""
    fake = FakeWiki()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", fake.answer)
    server = TestServer(app)
    await server.start_server()
    fake.url = str(server.make_url("/")).rstrip("/")
    try:
        yield fake
    finally:
        await server.close()
