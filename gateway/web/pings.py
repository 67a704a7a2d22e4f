"""Pings of jobs, as at healthchecks.io: the URL is the credential, and a GET acts.

The one exception to promise 5: these URLs are in scripts and never in a message, so nothing opens
them by itself.
"""

import re
from uuid import UUID

from aiohttp import web

from gateway.core.heartbeats.output import MOST_BYTES, safe_output
from gateway.core.heartbeats.state import Ping, PingKind
from gateway.flow.engine import Engine
from gateway.flow.heartbeats.heartbeats import UnknownHeartbeatError
from gateway.web.http.bodies import receive
from gateway.web.http.errors import RequestError
from gateway.web.http.keys import ENGINE
from gateway.web.http.refusals import RefusalKind, record_refusal

MOST_RECEIVED = 1024 * 1024
"""Bytes of a body that are read: what is behind the first part is dropped. A larger one is refused,
and its ping does not count, so that the job's author sees it."""

LARGEST_STATUS = 255

HEADERS = {
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
    "Ping-Body-Limit": str(MOST_BYTES),
}

_KINDS = {"": PingKind.SUCCESS, **{kind.value: kind for kind in PingKind if kind != "success"}}
_STATUS = re.compile(r"[0-9]{1,9}")


class PingEndpoint:
    """Handler of /ping/{token} and /ping/{token}/{signal}."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def take(self, request: web.Request) -> web.StreamResponse:
        """Store a ping; 200 only once it is on disk.

        404 for every URL that is not a heartbeat's, alike, 400 for a signal or run id that is
        malformed, 503 when nothing can be stored or the job pings too often.
        """
        heartbeats = self._engine.heartbeats
        try:
            heartbeat = heartbeats.find(request.match_info["token"])
        except UnknownHeartbeatError:
            record_refusal(request, RefusalKind.FORGED_LINK, "ping by an invalid URL")
            raise RequestError(404, "there is no such heartbeat") from None
        kind, exit_status = _signal(request.match_info.get("signal", ""))
        run = _run(request.query.get("rid"))
        if not heartbeats.has_budget(heartbeat):
            text = "this job pings more often than once a second"
            raise RequestError(503, text, headers={"Retry-After": "10"})
        body = await _first_part(request)
        await heartbeats.ping(heartbeat, Ping(kind, run, exit_status, safe_output(body)))
        return web.Response(text="OK", headers=HEADERS)


def _signal(text: str) -> tuple[PingKind, int | None]:
    """Return what the end of a path says. Raises RequestError (400)."""
    if text in _KINDS:
        return _KINDS[text], None
    if _STATUS.fullmatch(text) and int(text) <= LARGEST_STATUS:
        return (PingKind.FAIL if int(text) else PingKind.SUCCESS), int(text)
    error = "write /start, /fail, /log or an exit status from 0 to 255 behind the URL, or nothing"
    raise RequestError(400, error)


def _run(text: str | None) -> str:
    """Return the id of a run, empty without one. Raises RequestError (400)."""
    if text is None:
        return ""
    try:
        run = str(UUID(text))
    except ValueError:
        run = ""
    if not run or run != text.lower():
        detail = [{"field": "rid", "message": "write a UUID, such as that of uuidgen"}]
        raise RequestError(400, "the id of the run is not a UUID", detail)
    return run


async def _first_part(request: web.Request) -> bytes:
    """Return the first MOST_BYTES of the body; the rest is received and dropped."""
    first = bytearray()

    def add(chunk: bytes) -> None:
        first.extend(chunk[: MOST_BYTES - len(first)])

    if request.can_read_body:
        await receive(request, MOST_RECEIVED, add)
    return bytes(first)


def add_routes(app: web.Application) -> None:
    """Add the endpoint, for GET, HEAD and POST."""
    endpoint = PingEndpoint(app[ENGINE])
    for path in ("/ping/{token}", "/ping/{token}/{signal}"):
        app.router.add_get(path, endpoint.take)  # and HEAD
        app.router.add_post(path, endpoint.take)
