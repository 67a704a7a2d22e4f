"""POST /callbacks/{account}: what the vendor of an account posts back.

401 is for failed authentication only. What is authentic gets a 200, also when it is refused and
recorded: vendors repeat a post, or switch the webhook off, after any other answer. While the
database or the vendor cannot be asked, the answer is a 503, after which vendors post again.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping

import orjson
from aiohttp import web

from gateway.core.incidents.retry import Failure, SendError
from gateway.core.plan.accounts import ChannelSettings, SourceSettings
from gateway.flow.engine import Engine
from gateway.web.callbacks import pagerduty, postmark
from gateway.web.callbacks.fields import MalformedEventError
from gateway.web.http.bodies import read_body
from gateway.web.http.errors import RequestError, json_response
from gateway.web.http.keys import ENGINE
from gateway.web.http.refusals import RefusalKind, record_refusal
from gateway.web.http.source_auth import is_proven_by_head, unauthorized

log = logging.getLogger(__name__)

EXCERPT = 200
"""Characters of a refused body that are stored with its refusal."""

ASK_AGAIN = 30
"""Seconds after which a vendor may post an event again that cannot be handled now."""

PASSING = frozenset(
    {
        Failure.RATE_LIMITED,
        Failure.TIMEOUT,
        Failure.CONNECTION,
        Failure.SERVER_ERROR,
        Failure.BAD_ANSWER,
    }
)
"""Failures to ask a vendor after which it may be asked again. After others nobody is helped by a
repeated post."""

Record = Callable[[bytes, ChannelSettings], Awaitable[str]]
"""Handle an authentic body; return why nothing follows, or an empty text."""


class CallbackEndpoint:
    """Handler of vendors' posts."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._records: Mapping[str, Record] = {
            "email": self._record_bounce,
            "pagerduty": self._record_incident_event,
        }

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer 200 to everything authentic, with what became of it."""
        account = callback_account(self._engine, request, self._records)
        body = await authentic_body(request, account)
        try:
            outcome = await self._records[account.type](body, account)
        except (orjson.JSONDecodeError, MalformedEventError) as error:
            return await refuse(self._engine, request, account, body, str(error))
        except SendError as error:
            if error.failure not in PASSING:
                return await refuse(self._engine, request, account, body, str(error))
            headers = {"Retry-After": str(ASK_AGAIN)}
            raise RequestError(503, f"not handled now: {error}", headers=headers) from None
        log.info("callback: %s", outcome or "recorded", extra={"account": account.name})
        return json_response({"status": "recorded" if not outcome else "ignored", "why": outcome})

    async def _record_bounce(self, body: bytes, account: ChannelSettings) -> str:
        stream = account.options.get("message_stream") or postmark.DEFAULT_STREAM
        event = postmark.parse_event(orjson.loads(body), stream)
        return await self._engine.contacts.record(account.name, event)

    async def _record_incident_event(self, body: bytes, account: ChannelSettings) -> str:
        event = pagerduty.parse_event(orjson.loads(body))
        return await self._engine.vendor_events.record(account, event)


def callback_account(
    engine: Engine, request: web.Request, types: Mapping[str, object]
) -> ChannelSettings:
    """Return the account that a request is for, of one of these types. Raises RequestError."""
    account = engine.config.channels.get(request.match_info["account"])
    if account is None or account.callbacks is None or account.type not in types:
        text = "nothing can be posted here: this account has no callbacks: in routes.yaml"
        raise RequestError(404, text)
    return account


async def authentic_body(request: web.Request, account: ChannelSettings, limit: int = 0) -> bytes:
    """Return the body of a request that its head or its signature proves.

    `limit` in bytes; 0: that of the account. Nothing is read of a request whose head proves
    nothing. Raises RequestError: 401 for a failed proof, 413 for a larger body.
    """
    callbacks = account.callbacks
    assert callbacks is not None, "callback_account has checked it"
    limit = limit or callbacks.max_bytes
    if is_proven_by_head(callbacks, request.headers):
        return await read_body(request, limit)
    signatures = pagerduty.signatures_of(request.headers.get(pagerduty.SIGNATURE_HEADER, ""))
    if not callbacks.hmac or not signatures:
        raise _unproven(request, callbacks)
    body = await read_body(request, limit)
    if not pagerduty.is_signed(signatures, callbacks.hmac, body):
        raise _unproven(request, callbacks)
    return body


def _unproven(request: web.Request, callbacks: SourceSettings) -> RequestError:
    record_refusal(request, RefusalKind.CALLBACK, "a callback with wrong credentials")
    return unauthorized(callbacks)


async def refuse(
    engine: Engine, request: web.Request, account: ChannelSettings, body: bytes, reason: str
) -> web.StreamResponse:
    """Record an authentic post that cannot be used, and answer 200."""
    reason = reason[:EXCERPT]
    log.warning("callback refused: %s", reason, extra={"account": account.name})
    excerpt = body[:EXCERPT].decode(errors="replace")
    source = f"callbacks/{account.name}"
    await engine.reject(source, 200, reason, [], request.remote or "", excerpt)
    return json_response({"status": "refused", "why": reason})


def add_routes(app: web.Application) -> None:
    """Add the endpoint."""
    app.router.add_post("/callbacks/{account}", CallbackEndpoint(app[ENGINE]).handle)
