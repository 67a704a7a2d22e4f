"""POST /callbacks/{account}/inbound: mails to the inbound address, as Postmark posts them.

The fields are those of Postmark's developer documentation, "Inbound webhook". Everything authentic
is answered 200: Postmark repeats a post ten times after any other answer, except after a 403.
"""

import logging
from collections.abc import Iterator, Mapping
from email.utils import parseaddr
from typing import Any

import orjson
from aiohttp import web

from gateway.core.incidents.inbound_mail import InboundMail
from gateway.flow.engine import Engine
from gateway.flow.inbound.mail_replies import RefusedMailError
from gateway.web.callbacks.fields import (
    MalformedEventError,
    json_object,
    optional_object,
    optional_text,
    required_text,
)
from gateway.web.callbacks.handler import authentic_body, callback_account, refuse
from gateway.web.http.errors import json_response
from gateway.web.http.keys import ENGINE

log = logging.getLogger(__name__)

LARGEST_MAIL = 50 * 1024 * 1024
"""Bytes of a post. Postmark takes attachments of 35 MB, which become 47 MB in base64."""

MOST_RECIPIENTS = 20
"""Recipients whose addresses are searched for a token."""

MOST_HEADERS = 200
"""Headers that are read; a mail has about thirty."""

LONGEST_ID = 200
"""Characters of the id of a post; Postmark's have 36."""

_TYPES = {"email": None}


class InboundEndpoint:
    """Handler of inbound mails."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer 200 to everything authentic, with what became of it."""
        account = callback_account(self._engine, request, _TYPES)
        body = await authentic_body(request, account, LARGEST_MAIL)
        try:
            mail = parse_mail(orjson.loads(body))
            outcome = await self._engine.mail_replies.record(account, mail)
        except (orjson.JSONDecodeError, MalformedEventError, RefusedMailError) as error:
            return await refuse(self._engine, request, account, body, str(error))
        log.info("inbound mail: %s", outcome or "recorded", extra={"account": account.name})
        return json_response({"status": "recorded" if not outcome else "ignored", "why": outcome})


def parse_mail(body: Any) -> InboundMail:
    """Return the mail of a post, without its attachments. Raises MalformedEventError."""
    mail = json_object(body)
    id_ = required_text(mail, "MessageID")
    if len(id_) > LONGEST_ID or not id_.isprintable():
        raise MalformedEventError("MessageID is not one of Postmark's")
    sender = optional_text(optional_object(mail, "FromFull"), "Email")
    return InboundMail(
        id=id_,
        sender=sender or parseaddr(optional_text(mail, "From"))[1],
        tokens=tuple(dict.fromkeys(_tokens(mail))),
        subject=optional_text(mail, "Subject"),
        headers=[
            (optional_text(one, "Name"), optional_text(one, "Value"))
            for one in _objects(mail, "Headers")[:MOST_HEADERS]
        ],
        text=optional_text(mail, "TextBody"),
        html=optional_text(mail, "HtmlBody"),
    )


def _tokens(mail: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the recipients' addresses have after the plus."""
    mailbox = optional_text(mail, "OriginalRecipient").rpartition("@")[0]
    texts = [mailbox.rpartition("+")[2], optional_text(mail, "MailboxHash")]
    for name in ("ToFull", "CcFull", "BccFull"):
        recipients = _objects(mail, name)[:MOST_RECIPIENTS]
        texts += [optional_text(one, "MailboxHash") for one in recipients]
    yield from filter(None, texts)


def _objects(mail: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    value = mail.get(key)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def add_routes(app: web.Application) -> None:
    """Add the endpoint."""
    app.router.add_post("/callbacks/{account}/inbound", InboundEndpoint(app[ENGINE]).handle)
