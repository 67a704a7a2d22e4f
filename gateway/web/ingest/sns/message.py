"""A message of SNS, and what of it is signed. Pure."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from gateway.core.errors import GatewayError

NOTIFICATION, SUBSCRIPTION = "Notification", "SubscriptionConfirmation"
UNSUBSCRIPTION = "UnsubscribeConfirmation"

_OF_NOTIFICATIONS = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_OF_SUBSCRIPTIONS = (
    *("Message", "MessageId", "SubscribeURL", "Timestamp", "Token"),
    *("TopicArn", "Type"),
)
SIGNED: Mapping[str, tuple[str, ...]] = {
    NOTIFICATION: _OF_NOTIFICATIONS,
    SUBSCRIPTION: _OF_SUBSCRIPTIONS,
    UNSUBSCRIPTION: _OF_SUBSCRIPTIONS,
}
"""The signed fields of each type, in their order
(https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html)."""

_OPTIONAL = frozenset({"Subject"})


class MalformedMessageError(GatewayError, ValueError):
    """The body is no message of SNS; raw delivery is one such, because it is not signed."""


@dataclass(frozen=True, slots=True)
class SnsMessage:
    """A message whose signature was not verified yet. `digest` is SHA1 or SHA256."""

    fields: Mapping[str, str]
    type: str
    topic: str
    certificate_url: str
    digest: str
    signature: bytes

    @property
    def signed_text(self) -> bytes:
        """Return the bytes that the signature is over: names and values, line by line."""
        names = [name for name in SIGNED[self.type] if name in self.fields]
        return "".join(f"{name}\n{self.fields[name]}\n" for name in names).encode()


def parse_message(body: bytes) -> SnsMessage:
    """Read a message. Raises MalformedMessageError."""
    try:
        content: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise MalformedMessageError("the body is not JSON") from None
    if not isinstance(content, dict):
        raise MalformedMessageError("the body is not a JSON object")
    fields = {name: value for name, value in content.items() if isinstance(value, str)}
    type_ = fields.get("Type", "")
    if type_ not in SIGNED:
        text = "it has no Type of SNS: switch raw message delivery off, because it is not signed"
        raise MalformedMessageError(text)
    needed = {*SIGNED[type_], "Signature", "SigningCertURL"} - _OPTIONAL
    missing = sorted(needed - fields.keys())
    if missing:
        raise MalformedMessageError(f"{missing[0]} is missing")
    digest = {"1": "SHA1", "2": "SHA256"}.get(fields.get("SignatureVersion", ""))
    if digest is None:
        raise MalformedMessageError("its SignatureVersion is neither 1 nor 2")
    try:
        signature = base64.b64decode(fields["Signature"], validate=True)
    except (binascii.Error, ValueError):
        raise MalformedMessageError("its Signature is not base64") from None
    return SnsMessage(
        fields, type_, fields["TopicArn"], fields["SigningCertURL"], digest, signature
    )
