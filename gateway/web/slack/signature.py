"""Slack's signature of a request, and the requests that were made before.

Slack signs the raw body with the app's signing secret, version v0: HMAC-SHA256 over
`v0:{timestamp}:{body}` (Slack, "Verifying requests from Slack"). A request is valid for five
minutes, and one that acts is valid once.
"""

import hmac
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import NamedTuple

from aiohttp import web

from gateway.core.plan.accounts import Secret
from gateway.web.http.errors import RequestError
from gateway.web.http.refusals import RefusalKind, record_refusal

SIGNATURE_LIFETIME = 300.0
"""Seconds for which a signed request is valid, as Slack recommends."""

SIGNATURES_REMEMBERED = 10_000
"""Signatures remembered against replay; far more than people press in ten minutes."""

_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")


class SignedHead(NamedTuple):
    """The parts of a request's head that sign its body, and the secrets by account."""

    secrets: Mapping[str, Secret]
    timestamp: str
    signature: str


class SignatureCheck:
    """Verifies signatures. One of a process, because it remembers those of earlier requests."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._seen: OrderedDict[str, float] = OrderedDict()

    def head(
        self, request: web.Request, secrets: Mapping[str, Secret], *, once: bool
    ) -> SignedHead:
        """Return the head of a request that Slack may have signed; the body is not read yet.

        Raise RequestError (401) if no body could match the head, or with `once` for a replay.
        """
        timestamp = request.headers.get("X-Slack-Request-Timestamp", "")
        signature = request.headers.get("X-Slack-Signature", "")
        is_number = timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 13
        if (
            not is_number
            or abs(self._now() - int(timestamp)) > SIGNATURE_LIFETIME
            or _SIGNATURE.fullmatch(signature) is None
        ):
            raise _invalid_signature(request)
        if once:
            self._refuse_replay(request, signature)
        return SignedHead(secrets, timestamp, signature)

    def account_of(self, request: web.Request, head: SignedHead, body: bytes, *, once: bool) -> str:
        """Return the account whose app signed this. Raise RequestError (401) if none or again."""
        account = signing_account(head, body)
        if account is None:
            raise _invalid_signature(request)
        if not once:
            return account
        self._refuse_replay(request, head.signature)  # a second request may have arrived meanwhile
        now = self._now()
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
