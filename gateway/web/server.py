"""How the application is served: one runner with everything that must not be left to defaults."""

from typing import Any

from aiohttp import web

SERVED_AS: dict[str, Any] = {
    # Unpacking would begin before anything could refuse it, and what it yields has no bound.
    "auto_decompress": False,
    # aiohttp's access log holds the path, and with it the tokens of acknowledge links.
    "access_log": None,
    # Time for the rest of a refused body to arrive unread, so that the sender sees the answer.
    "lingering_time": 5.0,
}


def runner_for(app: web.Application) -> web.AppRunner:
    """A runner for `app`; whoever calls `setup()` also opens the site and calls `cleanup()`."""
    return web.AppRunner(app, handle_signals=False, shutdown_timeout=5.0, **SERVED_AS)
