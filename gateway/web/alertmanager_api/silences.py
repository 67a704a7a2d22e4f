"""GET and POST /api/v2/silences, GET and DELETE /api/v2/silence/{id}.

Answers and statuses are those recorded of Alertmanager 0.33. A silence is on disk before it is
answered (promise 1).
"""

import asyncio
from collections.abc import Iterator

import orjson
from aiohttp import web

from gateway.core.incidents.silence import Silence, SilenceError
from gateway.core.matching.matcher import Matcher
from gateway.core.plan.plan import NOTHING
from gateway.flow.engine import Engine
from gateway.flow.silences.silences import SilenceNotFoundError
from gateway.web.alertmanager_api.query_params import flag, matchers
from gateway.web.alertmanager_api.responses import NO_STORE, ApiV2Error, answer, with_v2_errors
from gateway.web.alertmanager_api.silence_body import read_silence, silence_id, write_silence
from gateway.web.http.access import require_read_access, require_write_access
from gateway.web.http.bodies import expect_json, read_body
from gateway.web.http.keys import ENGINE
from gateway.web.http.off_loop import read_off_loop

LARGEST_BODY = 64 * 1024
_ORDER = ("active", "pending", "expired")


class SilenceEndpoints:
    """The handlers."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def list(self, request: web.Request) -> web.StreamResponse:
        """Those that are active, pending, and ended lately: whichever is asked for."""
        wanted = await read_off_loop(request.query.values(), matchers, request)
        shown = {state for state in _ORDER if flag(request, state)}
        now = self._engine.now()

        def written(every: Iterator[Silence]) -> bytes:
            found = [
                (_sort_key(one, now), orjson.dumps(write_silence(one, now)))
                for one in every
                if one.state(now) in shown and (not wanted or matches_filter(one, wanted))
            ]
            found.sort()
            return b"[%b]" % b",".join([text for _, text in found])

        body = await self._engine.silences.read_all(written, ended="expired" in shown)
        return web.Response(
            body=body, content_type="application/json", charset="utf-8", headers=NO_STORE
        )

    async def put(self, request: web.Request) -> web.StreamResponse:
        """Make one, or change the one whose id is given.

        What a client does not know of it is left as it is when it changes one: annotations
        (new in Alertmanager 0.32), and that it may end with its alerts.
        """
        expect_json(request)
        body = await read_body(request, LARGEST_BODY)
        asked = await asyncio.to_thread(read_silence, body)
        silences = self._engine.silences
        before = await silences.get(asked.id) if asked.id else None
        kept = before.annotations if before else NOTHING
        now = self._engine.now()
        try:
            saved = await silences.put(
                asked.matchers,
                now if asked.starts_at is None else asked.starts_at,
                asked.ends_at,
                asked.created_by,
                asked.comment,
                silence_id=asked.id,
                annotations=kept if asked.annotations is None else asked.annotations,
                gone_for=before.gone_for if before else None,
            )
        except SilenceError as error:
            raise ApiV2Error(400, f"invalid silence: {error.field}: {error}") from None
        except SilenceNotFoundError:
            raise ApiV2Error(404, "silence not found") from None
        return answer({"silenceID": saved.id})

    async def get(self, request: web.Request) -> web.StreamResponse:
        """One, also after its end."""
        found = await self._engine.silences.get(silence_id(request.match_info["id"]))
        if found is None:
            return web.Response(status=404, headers=NO_STORE)
        return answer(write_silence(found, self._engine.now()))

    async def expire(self, request: web.Request) -> web.StreamResponse:
        """End one now. One that had ended stays as it is, and that is no error."""
        try:
            await self._engine.silences.expire(silence_id(request.match_info["id"]))
        except SilenceNotFoundError:
            return web.Response(status=404, headers=NO_STORE)
        return web.Response(headers=NO_STORE)


def matches_filter(silence: Silence, wanted: tuple[Matcher, ...]) -> bool:
    """Whether a silence is one that these matchers look for.

    As Alertmanager does (api/v2, CheckSilenceMatchesFilterLabels): what the silence's own
    matchers say is looked at like labels, whatever their operators; what it does not speak of
    fits negative matchers only.
    """
    said = {one.name: one.value for one in silence.matchers}
    return all((one.name in said or one.op in ("!=", "!~")) and one.matches(said) for one in wanted)


def _sort_key(silence: Silence, now: float) -> tuple[int, float, float, str]:
    """The order that was recorded: the active by their ends, the pending by their starts, then
    the ended, the latest first; of the same instant the older one."""
    state = silence.state(now)
    edge = {"active": silence.ends_at, "pending": silence.starts_at, "expired": -silence.ends_at}
    return _ORDER.index(state), edge[state], silence.updated_at, silence.id


def add_routes(app: web.Application) -> None:
    """The two paths."""
    silences = SilenceEndpoints(app[ENGINE])
    app.router.add_get(
        "/api/v2/silences", with_v2_errors(require_read_access(silences.list)), allow_head=False
    )
    app.router.add_post("/api/v2/silences", with_v2_errors(require_write_access(silences.put)))
    app.router.add_get(
        "/api/v2/silence/{id}", with_v2_errors(require_read_access(silences.get)), allow_head=False
    )
    app.router.add_delete(
        "/api/v2/silence/{id}", with_v2_errors(require_write_access(silences.expire))
    )
