"""Endpoints that accept alerts: POST or PUT /webhook/{source}, and POST /api/v2/alerts.

Checks, in this order: the source is known (404), authenticated (401), the head announces plain JSON
(415), the body is small enough (413), it is JSON (400), its alerts are valid (422). Valid alerts
beside invalid ones are accepted. 2xx only after the commit; 503 with Retry-After if nothing can be
saved. Never 429: Alertmanager retries a webhook only after 5xx (`notify/webhook`).
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from gateway import clock
from gateway.core.plan.accounts import SourceSettings
from gateway.core.plan.source_types import SOURCE_SPECS, Scheme
from gateway.core.text.escape import escape_invisible
from gateway.flow.engine import Engine
from gateway.flow.intake.intake import OverloadedError
from gateway.log import redact
from gateway.metrics import OTHER
from gateway.store import StoreUnavailableError
from gateway.web.alertmanager_api.responses import as_v2_error
from gateway.web.http import source_auth
from gateway.web.http.bodies import expect_json, read_body, receive
from gateway.web.http.errors import RequestError, error_response, json_response, unavailable
from gateway.web.http.host import refuse_unknown_host
from gateway.web.http.keys import ENGINE, SETTINGS
from gateway.web.http.refusals import RefusalKind, record_refusal
from gateway.web.http.signatures import Signature
from gateway.web.ingest.body_intake import IngestOutcome
from gateway.web.ingest.in_flight import BODIES, InFlight, Lease
from gateway.web.ingest.post_intake import PostIntake
from gateway.web.ingest.rate_limit import RateLimitedError, RateLimits
from gateway.web.ingest.sns.verify import SnsVerifier, UnreachableError, UnverifiedError
from gateway.web.ingest.sources import SOURCES
from gateway.web.ingest.sources.parsed import BodyError, Post

EXCERPT = 500
"""Characters of a refused body that are stored."""

STORED_AT_ONCE = 4
"""Refusals that may wait to be stored; more are only counted, so that a flood stays cheap."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """The record of a request that was refused, whole or in part."""

    status: int
    error: str
    detail: Sequence[Any]
    excerpt: str


class IngestEndpoints:
    """Handlers of the two endpoints."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._posts = PostIntake(engine)
        self._in_flight = InFlight()
        self._rates = RateLimits()
        self._sns = SnsVerifier(engine.now)
        self._storing = asyncio.Semaphore(STORED_AT_ONCE)

    async def webhook(self, request: web.Request) -> web.StreamResponse:
        """Accept a webhook: 200 even if some alerts were invalid; the answer names them.

        Alertmanager would not repeat the batch after a 4xx, and does not need to.
        """
        name = request.match_info["source"]
        source = self._engine.config.sources.get(name)
        if source is None or source.type not in SOURCES:
            message = f"declare it under sources:; {self._declared_sources()}"
            detail = [{"field": "source", "message": message}]
            error = RequestError(404, "there is no such source", detail)
            return await self._refuse(request, OTHER, error)
        return await self._ingest(request, (source,), partial=200, all_bad=422)

    async def api_v2(self, request: web.Request) -> web.StreamResponse:
        """Accept a post of Prometheus: 200 with an empty body.

        With an invalid alert in the batch 400, as in Alertmanager; the valid ones are accepted.
        Errors have the shape of that API, so that amtool shows their text. 404 if no source of type
        prometheus is declared: Prometheus drops the batch, and within a minute repeats what still
        fires, so the alerts arrive soon after a reload declares one.
        """
        sources = self._engine.config.sources.values()
        prometheus = tuple(source for source in sources if source.type == "prometheus")
        if not prometheus:
            message = f"declare one under sources:; {self._declared_sources()}"
            error = RequestError(404, "no source of type prometheus", [{"message": message}])
            return as_v2_error(await self._refuse(request, OTHER, error))
        answer = await self._ingest(request, prometheus, partial=400, all_bad=400)
        return answer if answer.status == 200 else as_v2_error(answer)

    def _declared_sources(self) -> str:
        return f"declared: {', '.join(sorted(self._engine.config.sources)) or 'none'}"

    async def _ingest(
        self, request: web.Request, sources: Sequence[SourceSettings], partial: int, all_bad: int
    ) -> web.StreamResponse:
        source = sources[0]
        lease = self._in_flight.lease(request.remote or "")
        body = b""
        try:
            source, body = await self._authenticate(request, sources, lease)
            self._rates.take(source, clock.monotonic())
            post = Post(source, body, self._engine.now(), request.headers)
            outcome = await self._posts.take(post)
        except RequestError as error:
            if isinstance(error, RateLimitedError):
                self._engine.metrics.count_rate_limited(source.name)
            return await self._refuse(request, source.name, error)
        except BodyError as error:
            status = error.status if partial == 200 or error.status == 413 else all_bad
            detail = [fault.to_json() for fault in error.faults]
            request_error = RequestError(status, error.message, detail)
            return await self._refuse(request, source.name, request_error, _excerpt(source, body))
        except (StoreUnavailableError, OverloadedError) as error:
            self._engine.metrics.count_request(source.name, 503)
            return unavailable(error)
        finally:
            self._in_flight.release(lease)
        metrics = self._engine.metrics
        metrics.count_alerts(source.name, outcome.accepted, outcome.refused, outcome.truncated)
        if not outcome.refused:
            metrics.count_request(source.name, 200)
            return _acceptance(outcome) if partial == 200 else web.Response()
        excerpt = _excerpt(source, body)
        return await self._answer_with_faults(
            request, source.name, outcome, excerpt, partial, all_bad
        )

    async def _authenticate(
        self, request: web.Request, sources: Sequence[SourceSettings], lease: Lease
    ) -> tuple[SourceSettings, bytes]:
        """Return the authenticated source of the request, and its body. Raise RequestError."""
        if SOURCE_SPECS[sources[0].type].scheme is Scheme.SNS:
            return sources[0], await self._read_signed_by_amazon(request, sources[0], lease)
        head, url_token = request.headers, request.match_info.get("token", "")
        authenticated = next(
            (one for one in sources if source_auth.is_proven_by_head(one, head, url_token)), None
        )
        if authenticated is not None:
            if authenticated.open and request.app[SETTINGS].loopback:
                refuse_unknown_host(request)
            expect_json(request)
            if authenticated.open and not request.content.is_eof():
                return authenticated, await self._read_unproven_body(
                    request, authenticated.max_bytes, lease
                )
            return authenticated, await read_body(request, authenticated.max_bytes)
        signature = Signature(sources, head, self._engine.now())
        if not signature.sources:
            raise source_auth.unauthorized(sources[0])
        expect_json(request)
        limit = max(one.max_bytes for one in signature.sources)
        body = await self._read_unproven_body(request, limit, lease, signature.update)
        signed = signature.matching_source()
        if signed is None:
            raise source_auth.unauthorized(sources[0])
        return signed, body

    async def _read_signed_by_amazon(
        self, request: web.Request, source: SourceSettings, lease: Lease
    ) -> bytes:
        """Return the body of a message of SNS, once it is verified. Raise RequestError.

        Its Content-Type is text/plain, although it is JSON. A subscription is confirmed.
        """
        body = await self._read_unproven_body(request, source.max_bytes, lease)
        try:
            message = await self._sns.verify(source, body)
            await self._sns.confirm(message)
        except UnverifiedError as error:
            raise RequestError(401, f"the message is not proven: {error}") from None
        except UnreachableError as error:
            raise RequestError(503, str(error), headers={"Retry-After": "20"}) from None
        return body

    async def _read_unproven_body(
        self,
        request: web.Request,
        limit: int,
        lease: Lease,
        update: Callable[[bytes], None] | None = None,
    ) -> bytes:
        """Return the body of a sender who is not authenticated yet. Raise RequestError."""
        bound = BODIES * max(source.max_bytes for source in self._engine.config.sources.values())

        def take(chunk: bytes) -> None:
            self._in_flight.grow(lease, chunk, bound)
            if update is not None:
                update(chunk)

        await receive(request, limit, take)
        return lease.whole()

    async def _answer_with_faults(
        self,
        request: web.Request,
        source: str,
        outcome: IngestOutcome,
        excerpt: str,
        partial: int,
        all_bad: int,
    ) -> web.StreamResponse:
        count, accepted = outcome.refused, outcome.accepted
        status = partial
        if not accepted:
            # A body that is not strictly JSON is malformed, not only invalid.
            status = 400 if outcome.malformed else all_bad
        error = f"{count} of {count + accepted} alerts refused, {accepted} accepted"
        detail = outcome.detail
        await self._store_refusal(request, source, Refusal(status, error, detail, excerpt))
        self._engine.metrics.count_request(source, status)
        if status == 200:
            return _acceptance(outcome, error)
        return error_response(status, error, detail)

    async def _refuse(
        self, request: web.Request, source: str, error: RequestError, excerpt: str = ""
    ) -> web.Response:
        self._engine.metrics.count_request(source, error.status)
        if error.status == 401:
            record_refusal(
                request,
                RefusalKind.SOURCE,
                f"credentials of source {source} missing or wrong",
            )
        refusal = Refusal(error.status, error.error, error.detail, excerpt)
        await self._store_refusal(request, source, refusal)
        return error_response(error.status, error.error, error.detail, error.headers)

    async def _store_refusal(self, request: web.Request, source: str, refusal: Refusal) -> None:
        if self._storing.locked():
            return
        async with self._storing:
            await self._engine.reject(
                source,
                refusal.status,
                refusal.error,
                list(refusal.detail),
                request.remote or "",
                refusal.excerpt,
            )


def _acceptance(outcome: IngestOutcome, error: str = "") -> web.Response:
    answer: dict[str, Any] = {"accepted": outcome.accepted}
    if outcome.note:
        answer["note"] = outcome.note
    if error:
        answer["error"] = error
    if outcome.faults or outcome.repairs:
        answer["detail"] = outcome.detail
    return json_response(answer)


def _excerpt(source: SourceSettings, body: bytes) -> str:
    """Return the beginning of a refused body, without what databases refuse.

    Empty for a source whose bodies may contain people's data.
    """
    if SOURCE_SPECS[source.type].is_personal:
        return ""
    text = body[: 4 * EXCERPT].decode("utf-8", "replace").replace("\x00", "\ufffd")
    return escape_invisible(redact(text[:EXCERPT]))[:EXCERPT]


def add_routes(app: web.Application) -> None:
    """Add the two endpoints."""
    ingest = IngestEndpoints(app[ENGINE])
    for path in ("/webhook/{source}", "/webhook/{source}/{token}"):
        app.router.add_post(path, ingest.webhook)
        app.router.add_put(path, ingest.webhook)
    app.router.add_post("/api/v2/alerts", ingest.api_v2)
