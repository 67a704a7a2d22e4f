"""Paths that lead nowhere: who came with a browser gets a page that leads on, programs JSON."""

from aiohttp import web

from gateway.web.http.errors import Handler
from gateway.web.http.keys import SETTINGS
from gateway.web.pages import message_page


@web.middleware
async def not_found_page_for_browsers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer 404 with a page where HTML is asked for by name, and not below /api."""
    try:
        return await handler(request)
    except web.HTTPNotFound:
        up, below = _path_to_root(request.rel_url.raw_path, request.app[SETTINGS].route_prefix)
        if not _accepts_html(request) or below.startswith("/api/"):
            raise
        said = "Perhaps the address was mistyped, or cut on its way."
        return message_page("There is nothing here", said, status=404, up=up, home=True)


def _accepts_html(request: web.Request) -> bool:
    """Whether a browser asks: those name text/html, programs take anything or JSON."""
    accepted = request.headers.get("Accept", "").lower().split(",")
    return any(one.partition(";")[0].strip() == "text/html" for one in accepted)


def _path_to_root(path: str, prefix: str) -> tuple[str, str]:
    """The way from a path to the root of the pages, and the path as it stands below that root.

    Relative, so that a proxy may serve us under any path. From outside of the prefix it leads in.
    """
    inside = path.startswith(f"{prefix}/")
    below = path[len(prefix) :] if inside else path
    up = "../" * (below.count("/") - 1) or "./"
    return (up if inside else f"{up}{prefix.strip('/')}/"), below
