"""POST /callbacks/{account}: what the vendor of an account posts back.

401 is for failed authentication only. What is authentic gets a 200, also when it is refused and
recorded: vendors repeat a post, or switch the webhook off, after any other answer.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any

import orjson
from aiohttp import web

from gateway.core.plan.accounts import ChannelSettings
from gateway.core.plan.contact_health import ContactEvent
from gateway.flow.engine import Engine
from gateway.web.callbacks import postmark
from gateway.web.callbacks.postmark import MalformedEventError
from gateway.web.http.bodies import read_body
from gateway.web.http.errors import RequestError, json_response
from gateway.web.http.keys import ENGINE
from gateway.web.http.refusals import RefusalKind, record_refusal
from gateway.web.http.source_auth import is_proven_by_head, unauthorized

log = logging.getLogger(__name__)

EXCERPT = 200
"""Characters of a refused body that are stored with its refusal."""

Parse = Callable[[Any, ChannelSettings], ContactEvent]


def _parse_postmark(body: Any, account: ChannelSettings) -> ContactEvent:
    stream = account.options.get("message_stream") or postmark.DEFAULT_STREAM
    return postmark.parse_event(body, stream)


PARSERS: Mapping[str, Parse] = {"email": _parse_postmark}
"""What each channel's vendor posts back, by the type of the account."""


class CallbackEndpoint:
    """Handler of vendors' posts."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer 200 to everything authentic, with what became of it."""
        account = self._account(request)
        limit = account.callbacks.max_bytes if account.callbacks else 0
        body = await read_body(request, limit)
        try:
            event = PARSERS[account.type](orjson.loads(body), account)
        except (orjson.JSONDecodeError, MalformedEventError) as error:
            return await self._refuse(request, account, body, error)
        outcome = await self._engine.contacts.record(account.name, event)
        log.info(
            "callback: %s",
            outcome or event.kind.value,
            extra={"account": account.name, "event": event.id},
        )
        return json_response({"status": "recorded" if not outcome else "ignored", "why": outcome})

    def _account(self, request: web.Request) -> ChannelSettings:
        """Return the account whose vendor the head of the request proves.

        Raises RequestError: 404 where nothing can be posted, 401 for wrong credentials.
        """
        account = self._engine.config.channels.get(request.match_info["account"])
        if account is None or account.callbacks is None or account.type not in PARSERS:
            text = "nothing can be posted here: this account has no callbacks: in routes.yaml"
            raise RequestError(404, text)
        if not is_proven_by_head(account.callbacks, request.headers):
            record_refusal(request, RefusalKind.CALLBACK, "a callback with wrong credentials")
            raise unauthorized(account.callbacks)
        return account

    async def _refuse(
        self, request: web.Request, account: ChannelSettings, body: bytes, error: Exception
    ) -> web.StreamResponse:
        """Record an authentic post that cannot be used, and answer 200."""
        reason = str(error)[:EXCERPT]
        log.warning("callback refused: %s", reason, extra={"account": account.name})
        excerpt = body[:EXCERPT].decode(errors="replace")
        source = f"callbacks/{account.name}"
        await self._engine.reject(source, 200, reason, [], request.remote or "", excerpt)
        return json_response({"status": "refused", "why": reason})


def add_routes(app: web.Application) -> None:
    """Add the endpoint."""
    app.router.add_post("/callbacks/{account}", CallbackEndpoint(app[ENGINE]).handle)
