"""Postmark's webhooks about addresses: deliveries, bounces, spam complaints, suppressions.

The fields are those of Postmark's reference of the webhooks Delivery, Bounce, SpamComplaint and
SubscriptionChange; `RecordType` tells them apart. Suppressions belong to a message stream, so
events of other streams than the account's say nothing about its mails.
"""

from collections.abc import Mapping
from typing import Any

from gateway.core.plan.contact_health import ContactEvent, ContactEventKind
from gateway.core.text.escape import one_line
from gateway.web.callbacks.fields import MalformedEventError, optional_text, required_text

LONGEST = 200
"""Characters of a reason that are stored and shown."""

PERMANENT_TYPES = frozenset(
    {"HardBounce", "BadEmailAddress", "SpamNotification", "SpamComplaint", "ManuallyDeactivated"}
)
"""Types of bounces after which an address does not work, also where `Inactive` is not set."""

DEFAULT_STREAM = "outbound"


def parse_event(body: Any, stream: str) -> ContactEvent:
    """Return the event of a body. Raises MalformedEventError.

    `stream` is the message stream of the account.
    """
    if not isinstance(body, dict):
        raise MalformedEventError("the body is not a JSON object")
    record_type = required_text(body, "RecordType")
    if record_type in ("Bounce", "SpamComplaint"):
        event = _bounce(body, record_type)
    elif record_type == "SubscriptionChange":
        event = _subscription_change(body)
    elif record_type == "Delivery":
        event = _delivery(body)
    else:
        return ContactEvent(
            f"{record_type}:{body.get('MessageID')}",
            "",
            ContactEventKind.IGNORED,
            f"{one_line(record_type, 40)} says nothing about an address",
        )
    other = body.get("MessageStream") or DEFAULT_STREAM
    if other != stream:
        reason = f"it is about the message stream {one_line(str(other), 60)}"
        return ContactEvent(event.id, event.address, ContactEventKind.IGNORED, reason)
    return event


def _bounce(body: Mapping[str, Any], record_type: str) -> ContactEvent:
    type_ = required_text(body, "Type")
    number = body.get("ID")
    if not isinstance(number, int) or isinstance(number, bool):
        raise MalformedEventError("ID is not a number")
    permanent = body.get("Inactive") is True or type_ in PERMANENT_TYPES
    complaint = record_type == "SpamComplaint"
    kind = ContactEventKind.BOUNCED if permanent or complaint else ContactEventKind.IGNORED
    name = "spam complaint" if complaint else optional_text(body, "Name") or type_
    details = optional_text(body, "Details") or optional_text(body, "Description")
    reason = one_line(f"{name}: {details}" if details else name, LONGEST)
    if kind is ContactEventKind.IGNORED:
        reason = f"it may pass: {reason}"
    return ContactEvent(
        f"{record_type}:{number}", required_text(body, "Email"), kind, reason, _notice_of(body)
    )


def _delivery(body: Mapping[str, Any]) -> ContactEvent:
    address, message = required_text(body, "Recipient"), required_text(body, "MessageID")
    return ContactEvent(
        f"Delivery:{message}:{address}"[:300],
        address,
        ContactEventKind.DELIVERED,
        "its mail server accepted the message",
        _notice_of(body),
    )


def _subscription_change(body: Mapping[str, Any]) -> ContactEvent:
    suppressed = body.get("SuppressSending")
    if not isinstance(suppressed, bool):
        raise MalformedEventError("SuppressSending is neither true nor false")
    address, changed_at = required_text(body, "Recipient"), required_text(body, "ChangedAt")
    reason = optional_text(body, "SuppressionReason") or "suppressed"
    origin = optional_text(body, "Origin")
    text = f"Postmark suppresses it: {reason}" + (f" by {origin}" if origin else "")
    return ContactEvent(
        f"SubscriptionChange:{address}:{changed_at}"[:300],
        address,
        ContactEventKind.BOUNCED if suppressed else ContactEventKind.REACTIVATED,
        one_line(text, LONGEST),
    )


def _notice_of(body: Mapping[str, Any]) -> int | None:
    metadata = body.get("Metadata")
    text = metadata.get("notice") if isinstance(metadata, dict) else None
    is_number = isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 16
    return int(text) if is_number and isinstance(text, str) else None
