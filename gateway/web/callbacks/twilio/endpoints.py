"""POST /callbacks/{account}/status, …/message and …/keys: what Twilio posts.

401 is for failed authentication only. What is authentic is answered in Twilio's own form, also
when it is refused and recorded. Twilio repeats no post that was answered: while the database
cannot be reached, the answer to a person says so.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from aiohttp import web

from gateway.channels.support.truncate import strip_controls
from gateway.core.plan.accounts import ChannelSettings
from gateway.core.plan.channels import SMS, VOICE
from gateway.flow.engine import Engine
from gateway.flow.inbound.pressed_keys import PressedKey, UnknownCallError
from gateway.flow.inbound.text_replies import InboundText, UnknownNumberError
from gateway.store import StoreUnavailableError
from gateway.web.callbacks.fields import MalformedEventError, required_text
from gateway.web.callbacks.handler import callback_account, refuse
from gateway.web.callbacks.twilio import twiml
from gateway.web.callbacks.twilio.signature import HEADER, is_signed
from gateway.web.callbacks.twilio.states import call_event, message_event, sid_of
from gateway.web.http.bodies import read_body
from gateway.web.http.errors import RequestError
from gateway.web.http.keys import ENGINE
from gateway.web.http.refusals import RefusalKind, record_refusal

log = logging.getLogger(__name__)

MOST_FIELDS = 200
"""Fields of a form that are read; Twilio's have about thirty."""

NOT_SAVED = "Not saved: the gateway's database cannot be reached. Nothing has changed."

NOT_DONE = "Not done: this call is not known here."

_PATH = "/callbacks/"
_EVENTS = {SMS.name: message_event, VOICE.name: call_event}


@dataclass(frozen=True, slots=True)
class SignedForm:
    """An authentic post: its account, its fields, and the notice that its URL names."""

    account: ChannelSettings
    body: bytes
    fields: Mapping[str, str]
    notice: int | None


class TwilioEndpoints:
    """Handlers of what Twilio posts."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def status(self, request: web.Request) -> web.StreamResponse:
        """Record whether a message arrived or a call was answered; answer 204."""
        form = await self._read(request, _EVENTS)
        try:
            event = _EVENTS[form.account.type](form.fields, form.notice)
        except MalformedEventError as error:
            await refuse(self._engine, request, form.account, form.body, str(error))
            return web.Response(status=204)
        outcome = await self._engine.contacts.record(form.account.name, event)
        if not outcome:
            self._engine.metrics.count_delivery_report(
                form.account.type, form.account.name, event.kind.value
            )
        log.info("status: %s", outcome or event.kind.value, extra={"account": form.account.name})
        return web.Response(status=204)

    async def message(self, request: web.Request) -> web.StreamResponse:
        """Act on a text message; the answer says what became of it."""
        form = await self._read(request, {SMS.name: None})
        try:
            message = InboundText(
                sid_of(form.fields, "MessageSid"),
                required_text(form.fields, "From"),
                # With Advanced Opt-Out a word of the admin's own may stand for STOP or START.
                strip_controls(form.fields.get("OptOutType") or form.fields.get("Body", "")),
            )
            answer = await self._engine.text_replies.record(form.account, message)
        except (MalformedEventError, UnknownNumberError) as error:
            await refuse(self._engine, request, form.account, form.body, str(error))
            answer = ""
        except StoreUnavailableError as error:
            log.warning("a text message was not saved: %s", error)
            answer = NOT_SAVED
        return twiml.message(answer)

    async def keys(self, request: web.Request) -> web.StreamResponse:
        """Act on a key that was pressed in a call; the answer is what the call says next."""
        form = await self._read(request, {VOICE.name: None})
        key = form.account.account_key
        try:
            pressed = PressedKey(
                sid_of(form.fields, "CallSid"),
                form.fields.get("Digits", "")[:1],
                required_text(form.fields, "To"),
                form.notice or 0,
            )
            document = await self._engine.pressed_keys.record(form.account, pressed)
        except (MalformedEventError, UnknownCallError) as error:
            await refuse(self._engine, request, form.account, form.body, str(error))
            document = self._engine.delivery.last_words(key, NOT_DONE)
        except StoreUnavailableError as error:
            log.warning("a pressed key was not saved: %s", error)
            document = self._engine.delivery.last_words(key, NOT_SAVED)
        return twiml.whole(document)

    async def _read(self, request: web.Request, types: Mapping[str, object]) -> SignedForm:
        """Return a form that Twilio signed. Raises RequestError: 404, 413, or 401."""
        account = callback_account(self._engine, request, types)
        callbacks = account.callbacks
        assert callbacks is not None, "callback_account has checked it"
        signature = request.headers.get(HEADER, "")
        if not signature or not callbacks.hmac:
            raise _unsigned(request)
        body = await read_body(request, callbacks.max_bytes)
        try:
            text = body.decode()
            fields = parse_qsl(
                text, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS
            )
        except ValueError:
            raise _unsigned(request) from None
        # The part before the path is the public URL's: a proxy may have changed it here.
        url = f"{self._engine.links.external_url}{_PATH}{request.raw_path.partition(_PATH)[2]}"
        if not is_signed(callbacks.hmac, url, fields, signature):
            raise _unsigned(request)
        return SignedForm(account, body, dict(reversed(fields)), _notice(request))


def _notice(request: web.Request) -> int | None:
    text = request.query.get("notice", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def _unsigned(request: web.Request) -> RequestError:
    record_refusal(request, RefusalKind.CALLBACK, "a callback that Twilio has not signed")
    return RequestError(401, "not signed by Twilio for the gateway's public URL")


def add_routes(app: web.Application) -> None:
    """Add the endpoints."""
    endpoints = TwilioEndpoints(app[ENGINE])
    app.router.add_post("/callbacks/{account}/status", endpoints.status)
    app.router.add_post("/callbacks/{account}/message", endpoints.message)
    app.router.add_post("/callbacks/{account}/keys", endpoints.keys)
