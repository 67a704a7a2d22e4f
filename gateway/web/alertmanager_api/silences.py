"""GET and POST /api/v2/silences, GET and DELETE /api/v2/silence/{id}.

Answers and statuses are those recorded of Alertmanager 0.33. A silence is on disk existing it is
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
from gateway.flow.silences.silences import SilenceNotFoundError, SilenceRequest
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
    """Handlers of silences."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def list(self, request: web.Request) -> web.StreamResponse:
        """Answer silences: active, pending and recently expired, as selected by the query."""
        filters = await read_off_loop(request.query.values(), matchers, request)
        states = {state for state in _ORDER if flag(request, state)}
        now = self._engine.now()

        def to_json(stored_silences: Iterator[Silence]) -> bytes:
            entries = [
                (_sort_key(one, now), orjson.dumps(write_silence(one, now)))
                for one in stored_silences
                if one.state(now) in states and (not filters or matches_filter(one, filters))
            ]
            entries.sort()
            return b"[%b]" % b",".join([text for _, text in entries])

        body = await self._engine.silences.read_all(to_json, ended="expired" in states)
        return web.Response(
            body=body, content_type="application/json", charset="utf-8", headers=NO_STORE
        )

    async def put(self, request: web.Request) -> web.StreamResponse:
        """Create a silence, or update the one with the posted id.

        An update keeps the fields that a client may not know: annotations (new in Alertmanager
        0.32), and the end without matching alerts (`gone_for`).
        """
        expect_json(request)
        body = await read_body(request, LARGEST_BODY)
        posted = await asyncio.to_thread(read_silence, body)
        silences = self._engine.silences
        existing = await silences.get(posted.id) if posted.id else None
        old_annotations = existing.annotations if existing else NOTHING
        now = self._engine.now()
        try:
            saved = await silences.put(
                SilenceRequest(
                    posted.matchers,
                    now if posted.starts_at is None else posted.starts_at,
                    posted.ends_at,
                    posted.created_by,
                    posted.comment,
                    silence_id=posted.id,
                    annotations=old_annotations
                    if posted.annotations is None
                    else posted.annotations,
                    gone_for=existing.gone_for if existing else None,
                )
            )
        except SilenceError as error:
            raise ApiV2Error(400, f"invalid silence: {error.field}: {error}") from None
        except SilenceNotFoundError:
            raise ApiV2Error(404, "silence not found") from None
        return answer({"silenceID": saved.id})

    async def get(self, request: web.Request) -> web.StreamResponse:
        """Answer one silence, also after its end."""
        silence = await self._engine.silences.get(silence_id(request.match_info["id"]))
        if silence is None:
            return web.Response(status=404, headers=NO_STORE)
        return answer(write_silence(silence, self._engine.now()))

    async def expire(self, request: web.Request) -> web.StreamResponse:
        """Expire a silence now. An expired one is unchanged, and that is not an error."""
        try:
            await self._engine.silences.expire(silence_id(request.match_info["id"]))
        except SilenceNotFoundError:
            return web.Response(status=404, headers=NO_STORE)
        return web.Response(headers=NO_STORE)


def matches_filter(silence: Silence, filters: tuple[Matcher, ...]) -> bool:
    """Return whether a silence is selected by these matchers.

    As in Alertmanager (api/v2, CheckSilenceMatchesFilterLabels): the silence's own matchers are
    compared as if they were labels, regardless of their operators. A name that it does not have
    matches negative matchers only.
    """
    values = {one.name: one.value for one in silence.matchers}
    return all(
        (one.name in values or one.op in ("!=", "!~")) and one.matches(values) for one in filters
    )


def _sort_key(silence: Silence, now: float) -> tuple[int, float, float, str]:
    """Return the sort key of Alertmanager's recorded order.

    Active ones by end, pending ones by start, expired ones by end with the latest first; equal
    ones by their last update.
    """
    state = silence.state(now)
    edge = {"active": silence.ends_at, "pending": silence.starts_at, "expired": -silence.ends_at}
    return _ORDER.index(state), edge[state], silence.updated_at, silence.id


def add_routes(app: web.Application) -> None:
    """Add the two paths."""
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
