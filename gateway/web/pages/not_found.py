"""Answers to unknown paths: a page for browsers, JSON for programs."""

from aiohttp import web

from gateway.web.http.errors import Handler
from gateway.web.http.keys import SETTINGS
from gateway.web.pages import message_page


@web.middleware
async def not_found_page_for_browsers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer 404 with a page if the client accepts HTML and the path is not below /api."""
    try:
        return await handler(request)
    except web.HTTPNotFound:
        up, path_below = _path_to_root(request.rel_url.raw_path, request.app[SETTINGS].route_prefix)
        if not _accepts_html(request) or path_below.startswith("/api/"):
            raise
        text = "Perhaps the address was mistyped or truncated."
        return message_page("Page not found", text, status=404, up=up, home=True)


def _accepts_html(request: web.Request) -> bool:
    """Return whether the client names text/html, as browsers do and programs do not."""
    accepted = request.headers.get("Accept", "").lower().split(",")
    return any(one.partition(";")[0].strip() == "text/html" for one in accepted)


def _path_to_root(path: str, prefix: str) -> tuple[str, str]:
    """Return the relative path to the root of the pages, and the path below that root.

    It is relative so that a proxy may serve the gateway under any path. From outside the route
    prefix it leads into it.
    """
    is_inside = path.startswith(f"{prefix}/")
    path_below = path[len(prefix) :] if is_inside else path
    up = "../" * (path_below.count("/") - 1) or "./"
    return (up if is_inside else f"{up}{prefix.strip('/')}/"), path_below
