"""Base of the fake vendors: a real aiohttp server, a record, and a script of failures."""

import asyncio
import json
import ssl
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self

from aiohttp import web

from tests.fakes.schemas import problems_of

MAX_BODY = 60 * 1024 * 1024
CONTROL = "/_control"


@dataclass
class Received:
    """One request. `accepted` says whether the vendor accepted it, regardless of its answer."""

    method: str
    path: str
    headers: Mapping[str, str]
    raw: bytes
    accepted: bool = False
    status: int = 0  # answered; 0: the connection was dropped or still hangs
    query: str = ""  # behind the path, without the question mark
    answer: Any = None  # what was answered to an accepted one, unless a script said otherwise

    @property
    def json(self) -> Any:
        """The body as JSON, None for anything else."""
        try:
            return json.loads(self.raw)
        except ValueError:
            return None


@dataclass
class Behaviour:
    """How to answer one request instead of properly.

    `accept` None: the vendor accepts the request only if it answers 2xx here.
    """

    status: int | None = None  # None: as the vendor would
    json: Any = None
    body: str | None = None
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    accept: bool | None = None
    drop: str | None = None  # "before" or "after" the vendor accepted it: close the connection
    hang: str | None = None  # "before" or "after": never answer
    wait: asyncio.Event | None = None  # answer only when this is set
    delay: float = 0.0  # seconds between accepting the request and answering it
    drip: bool = False  # send the answer's headers, then a byte now and then, for ever

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """From a control request. Raises ValueError for a name that is not known."""
        known = {item.name for item in fields(cls)} - {"wait"}
        unknown = set(content) - known
        if unknown:
            raise ValueError(f"unknown: {', '.join(sorted(unknown))}; known: {sorted(known)}")
        return cls(**content)


class AnswerError(Exception):
    """The vendor's answer; raised by a fake's own checks."""

    def __init__(self, status: int, content: Any, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status)
        self.status = status
        self.content = content
        self.headers = dict(headers or {})


class Fake:
    """Base of the fakes. A subclass accepts or refuses requests in `handle`.

    `problems` collects violations of the vendor's published schema; a test ends by asserting that
    it is empty.
    """

    name = "fake"
    schema: str | None = None  # the published schema that bodies are checked against

    def __init__(self, *, on_accept: Callable[[str, Received], None] | None = None) -> None:
        self.received: list[Received] = []
        self.problems: list[str] = []
        self.default: Behaviour | None = None  # used whenever the script is empty
        self._script: deque[Behaviour] = deque()
        self._on_accept = on_accept
        self._runner: web.AppRunner | None = None
        self._stopping = asyncio.Event()
        self._arrival = asyncio.Event()
        self._port = 0
        self._tls: ssl.SSLContext | None = None

    @property
    def url(self) -> str:
        """Its URL, without a trailing slash."""
        return f"http{'s' if self._tls else ''}://127.0.0.1:{self._port}"

    @property
    def accepted(self) -> list[Received]:
        """Return what the vendor accepted, in order."""
        return [request for request in self.received if request.accepted]

    def script(self, *behaviours: Behaviour) -> None:
        """Fail the next requests in these manners, one each, then behave again."""
        self._script.extend(behaviours)

    async def arrived(self, count: int) -> None:
        """Wait until `count` requests have come in since the start."""
        while len(self.received) < count:
            self._arrival.clear()
            await self._arrival.wait()

    async def start(self, port: int = 0, tls: ssl.SSLContext | None = None) -> Self:
        """Listen on 127.0.0.1; port 0 picks a free one."""
        self._tls = tls
        app = web.Application(client_max_size=MAX_BODY)
        app.router.add_route("*", CONTROL, self._control)
        self.add_routes(app)
        app.router.add_route("*", "/{path:.*}", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port, ssl_context=tls)
        await site.start()
        server = site._server  # aiohttp has no public API for the port it got
        assert isinstance(server, asyncio.Server)
        self._port = server.sockets[0].getsockname()[1]
        return self

    def add_routes(self, app: web.Application) -> None:
        """Add what is no plain request, such as a WebSocket."""

    async def stop(self) -> None:
        """Stop listening and release requests that hang."""
        self._stopping.set()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def handle(self, request: Received) -> Any:
        """Take the request and return the JSON of a 200, or raise Answer. May change state."""
        return {}

    def success(self, request: Received) -> tuple[int, Any]:
        """Return status and content for an accepted request."""
        return 200, self.handle(request)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        got = Received(
            request.method,
            f"/{request.match_info['path']}",
            request.headers,
            await request.read(),
            query=request.query_string,
        )
        self.received.append(got)
        self._arrival.set()
        how = self._script.popleft() if self._script else self.default
        return await self._answer(request, got, how or Behaviour())

    async def _answer(
        self, request: web.Request, got: Received, how: Behaviour
    ) -> web.StreamResponse:
        if how.wait is not None:
            await how.wait.wait()
        if how.drop == "before":
            return self._cut(request)
        if how.hang == "before":
            return await self._hang(request)
        status, content, headers = self._outcome(got, how)
        if how.drop == "after":
            return self._cut(request)
        if how.hang == "after":
            return await self._hang(request)
        if how.delay:
            await asyncio.sleep(how.delay)
        got.status = status
        text = how.body if how.body is not None else _text(content)
        headers = {**headers, **how.headers}
        if how.drip:
            return await self._drip(request, status, headers)
        kind = how.content_type if isinstance(content, dict | list) else "text/plain"
        if how.body is not None:
            kind = how.content_type
        return web.Response(status=status, text=text, content_type=kind, headers=headers)

    def _outcome(self, got: Received, how: Behaviour) -> tuple[int, Any, Mapping[str, str]]:
        """Return the answer, and whether the vendor accepted the request."""
        taken = how.accept if how.accept is not None else how.status is None
        if how.accept is None and how.status is not None and 200 <= how.status < 300:
            taken = how.json is None and how.body is None
        status, content, headers = 200, {}, {}
        if taken:
            try:
                status, content = self.success(got)
                got.accepted, got.answer = True, content
                self._note(got)
            except AnswerError as refusal:
                status, content, headers = refusal.status, refusal.content, refusal.headers
        if how.status is not None:
            status = how.status
        if how.json is not None:
            content = how.json
        return status, content, headers

    def _note(self, got: Received) -> None:
        if self.schema is not None and got.raw:  # a GET has no body to check
            self.problems.extend(problems_of(self.schema, got.path, got.json))
        if self._on_accept is not None:
            self._on_accept(self.name, got)

    def _cut(self, request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async def _hang(self, request: web.Request) -> web.StreamResponse:
        await self._stopping.wait()
        return self._cut(request)

    async def _drip(
        self, request: web.Request, status: int, headers: Mapping[str, str]
    ) -> web.StreamResponse:
        answer = web.StreamResponse(status=status, headers=headers)
        answer.content_type = "application/json"
        await answer.prepare(request)
        while not self._stopping.is_set():
            try:
                await answer.write(b" ")
                await asyncio.wait_for(self._stopping.wait(), 0.02)
            except TimeoutError:
                continue
            except (ConnectionError, OSError):
                break
        return answer

    async def _control(self, request: web.Request) -> web.Response:
        """GET: what was received. POST {"script": […], "default": {…}|null, "reset": true}."""
        if request.method == "POST":
            control = await request.json()
            try:
                script = [Behaviour.from_json(item) for item in control.get("script", ())]
                default = control.get("default")
                behaviour = Behaviour.from_json(default) if default is not None else None
            except (ValueError, TypeError) as error:
                return web.json_response({"error": str(error)}, status=400)
            if control.get("reset"):
                self.received.clear()
                self.problems.clear()
                self._script.clear()
                self.default = None
            if "default" in control:
                self.default = behaviour
            self.script(*script)
        return web.json_response(
            {
                "vendor": self.name,
                "received": [
                    {
                        "path": got.path,
                        "accepted": got.accepted,
                        "status": got.status,
                        "json": got.json,
                    }
                    for got in self.received
                ],
                "problems": self.problems,
            }
        )


def _text(content: Any) -> str:
    return content if isinstance(content, str) else json.dumps(content)
