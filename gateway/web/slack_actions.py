"""POST /slack/actions: the buttons of messages in Slack: Acknowledge, Take over, Accept a swap.

Slack signs the raw body with the app's signing secret, version v0: HMAC-SHA256 over
`v0:{timestamp}:{body}` (Slack, "Verifying requests from Slack"). It waits three seconds for a 200.
It sends the press of a button with a URL too. A press is a person's click, unlike the opening of a
link in a mail, so it acts at once; the page that the button opens can undo it. A take-over names
the person whom the message showed, so the second of two people takes nothing over (E20).

Only ids are read from what Slack sends (E38). A request is valid once, for five minutes.
"""

import hmac
import re
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import parse_qs

import orjson
from aiohttp import web

from gateway.core.actions.table import ActionName
from gateway.core.actor import verified_person
from gateway.core.oncall.rejected import ChangeError
from gateway.core.plan.accounts import Secret
from gateway.flow.engine import Engine
from gateway.flow.oncall.plan_in_force import ConcurrentChangesError
from gateway.web.http.bodies import read_body
from gateway.web.http.errors import RequestError, json_response
from gateway.web.http.keys import ENGINE
from gateway.web.http.refusals import RefusalKind, record_refusal

ACKNOWLEDGE = "gateway_acknowledge"
TAKE = "gateway_take"
ACCEPT_SWAP = "gateway_accept_swap"
DECLINE_SWAP = "gateway_decline_swap"
ACTIONS = (ACKNOWLEDGE, TAKE, ACCEPT_SWAP, DECLINE_SWAP)
LARGEST = 64 * 1024
"""Bytes of a request; Slack's own are a few kilobytes."""

SIGNATURE_LIFETIME = 300.0
"""Seconds for which a signed request is valid, as Slack recommends."""

_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")

SIGNATURES_REMEMBERED = 10_000
"""Signatures remembered against replay; far more than people press in ten minutes."""


@dataclass(frozen=True, slots=True)
class ButtonPress:
    """A button that was pressed. `number` is of an incident or a swap.

    `holder` is the person to take over from, empty for other buttons.
    """

    action: str
    number: int
    user: str
    holder: str = ""


class SignedHead(NamedTuple):
    """The parts of a request's head that sign its body, and the secrets by account."""

    secrets: Mapping[str, Secret]
    timestamp: str
    signature: str


class SlackActions:
    """The handler of button presses, and the signatures of earlier requests."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._seen: OrderedDict[str, float] = OrderedDict()

    async def handle(self, request: web.Request) -> web.Response:
        """Answer 200 to every request that Slack signed, also to unknown actions."""
        head = self._signed_head(request)
        body = await read_body(request, LARGEST)
        account = self._verify(request, head, body)
        for press in parse_button_presses(body):
            await self._act(press, account)
        return json_response({})

    def _signed_head(self, request: web.Request) -> SignedHead:
        """Return the head of a request that Slack may have signed.

        Raise RequestError: 404 without a signing secret, 401 if no body could match the head.
        """
        secrets = {
            settings.name: secret
            for settings in self._engine.config.channels.values()
            if settings.type == "slack"
            and (secret := settings.secrets.get("signing_secret"))
            and secret.reveal()
        }
        if not secrets:
            raise RequestError(404, "Slack's buttons are not set up: signing_secret is missing")
        now = self._engine.now()
        timestamp = request.headers.get("X-Slack-Request-Timestamp", "")
        signature = request.headers.get("X-Slack-Signature", "")
        is_number = timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 13
        if (
            not is_number
            or abs(now - int(timestamp)) > SIGNATURE_LIFETIME
            or _SIGNATURE.fullmatch(signature) is None
        ):
            raise _invalid_signature(request)
        self._refuse_replay(request, signature)
        return SignedHead(secrets, timestamp, signature)

    def _verify(self, request: web.Request, head: SignedHead, body: bytes) -> str:
        """Return the account whose app signed this. Raise RequestError (401) if none or again."""
        account = signing_account(head, body)
        if account is None:
            raise _invalid_signature(request)
        self._refuse_replay(request, head.signature)  # a second request may have arrived meanwhile
        now = self._engine.now()
        self._seen[head.signature] = now
        while (
            len(self._seen) > SIGNATURES_REMEMBERED
            or next(iter(self._seen.values())) < now - 2 * SIGNATURE_LIFETIME
        ):
            self._seen.popitem(last=False)
        return account

    def _refuse_replay(self, request: web.Request, signature: str) -> None:
        if signature in self._seen:
            record_refusal(request, RefusalKind.SLACK_SIGNATURE, "a replayed request of Slack")
            raise RequestError(401, "this request was already made")

    async def _act(self, press: ButtonPress, account: str) -> None:
        people, user = self._engine.plan.people.values(), press.user
        by = next(
            (person.id for person in people if person.has_address(account, user)),
            f"slack:{user}",
        )
        actor = verified_person(by, "slack")
        engine, number = self._engine, press.number
        with suppress(KeyError, ChangeError, ConcurrentChangesError):  # the message is outdated
            if press.action == ACKNOWLEDGE:
                await engine.act(number, ActionName.ACK, actor)
            elif press.action == TAKE:
                await engine.act(number, ActionName.TAKE, actor, holder=press.holder)
            elif press.action == ACCEPT_SWAP:
                await engine.swaps.accept(number, actor)
            else:
                await engine.swaps.decline(number, actor)


def _invalid_signature(request: web.Request) -> RequestError:
    record_refusal(
        request, RefusalKind.SLACK_SIGNATURE, "not signed by Slack in the last 5 minutes"
    )
    return RequestError(401, "not signed by Slack within the last five minutes")


def signing_account(head: SignedHead, body: bytes) -> str | None:
    """Return the account whose secret signed this body; None for none of them.

    Each comparison takes constant time.
    """
    text = b"v0:" + head.timestamp.encode() + b":" + body
    signature = head.signature.encode("utf-8", "surrogateescape")
    for account, secret in head.secrets.items():
        expected = "v0=" + hmac.digest(secret.reveal().encode(), text, "sha256").hex()
        if hmac.compare_digest(expected.encode(), signature):
            return account
    return None


def parse_button_presses(body: bytes) -> list[ButtonPress]:
    """Return the presses of our buttons in a request's body; an empty list for other actions."""
    try:
        payload: Any = orjson.loads(parse_qs(body.decode())["payload"][0])
        user = payload["user"]["id"]
        actions = payload["actions"] if payload["type"] == "block_actions" else []
        actions_and_values = [(one.get("action_id"), one.get("value", "")) for one in actions]
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        return []
    if not isinstance(user, str) or not user:
        return []
    button_presses = [
        _parse_button_press(action, value, user) for action, value in actions_and_values
    ]
    return [press for press in button_presses if press is not None]


def _parse_button_press(action: object, value: object, user: str) -> ButtonPress | None:
    """Parse one press. The value is a number; for a take-over it is NUMBER:HOLDER."""
    if not isinstance(action, str) or action not in ACTIONS or not isinstance(value, str):
        return None
    number, _, holder = value.partition(":")
    if not (number.isascii() and number.isdigit() and len(number) < 16):
        return None
    return ButtonPress(action, int(number), user, holder if action == TAKE else "")


def add_routes(app: web.Application) -> None:
    """Add the endpoint."""
    app.router.add_post("/slack/actions", SlackActions(app[ENGINE]).handle)
