"""PagerDuty's webhooks, version 3: their signature, and the event in a body.

The fields are those of PagerDuty's developer documentation, "Webhooks V3": one event a body, signed
with HMAC-SHA256 over the raw body, by each secret that is valid while one is being replaced. No
time is signed, so an event that comes again is known by its id.
"""

import hmac
import re
from collections.abc import Mapping, Sequence
from typing import Any

from gateway.core.incidents.vendor_event import VendorEvent, VendorEventKind, VendorUser
from gateway.core.plan.accounts import Secret
from gateway.core.time.timestamps import parse_rfc3339
from gateway.web.callbacks.fields import (
    MalformedEventError,
    json_object,
    optional_object,
    optional_text,
    required_text,
)

SIGNATURE_HEADER = "X-PagerDuty-Signature"
MOST_SIGNATURES = 16
"""Signatures of a request that are compared. PagerDuty sends one for each valid secret, and two
are valid while one is being replaced."""

LONGEST_ID = 100
"""Characters of an id; PagerDuty's have 14 to 36. Longer ones are not PagerDuty's."""

_SIGNATURE = re.compile(r"v1=([0-9a-f]{64})")

_KINDS: Mapping[str, VendorEventKind] = {
    "incident.triggered": VendorEventKind.OPENED,
    "incident.acknowledged": VendorEventKind.ACKNOWLEDGED,
    "incident.unacknowledged": VendorEventKind.UNACKNOWLEDGED,
    "incident.resolved": VendorEventKind.RESOLVED,
    "incident.reopened": VendorEventKind.REOPENED,
    "incident.reassigned": VendorEventKind.REASSIGNED,
    "incident.delegated": VendorEventKind.REASSIGNED,
    "incident.escalated": VendorEventKind.ESCALATED,
    "incident.annotated": VendorEventKind.COMMENTED,
}


def signatures_of(header: str) -> list[str]:
    """Return the digits of the signatures in a header, such as "v1=…,v1=…"."""
    parts = header.split(",")[:MOST_SIGNATURES]
    return [match[1] for part in parts if (match := _SIGNATURE.fullmatch(part.strip()))]


def is_signed(signatures: Sequence[str], secrets: Sequence[Secret], body: bytes) -> bool:
    """Return whether any of the secrets made any of the signatures; all are compared."""
    matches = [
        hmac.compare_digest(_digest(secret, body), one.encode())
        for secret in secrets
        for one in signatures
    ]
    return any(matches)


def parse_event(body: Any) -> VendorEvent:
    """Return the event of a body. Raises MalformedEventError."""
    event = optional_object(json_object(body), "event")
    if not event:
        raise MalformedEventError("event is missing")
    name = required_text(event, "event_type")
    kind = _KINDS.get(name, VendorEventKind.IGNORED)
    data = optional_object(event, "data")
    if kind is VendorEventKind.IGNORED:
        return VendorEvent(optional_text(event, "id")[:LONGEST_ID], kind, name, "", 0.0)
    commented = kind is VendorEventKind.COMMENTED
    incident = optional_object(data, "incident") if commented else data
    merge = optional_object(data, "resolve_reason")
    merged_into = optional_object(merge, "incident")
    return VendorEvent(
        id=_id(event),
        kind=VendorEventKind.OPENED if merged_into else kind,
        name=name,
        incident=_id(incident),
        at=_time(event),
        key=optional_text(incident, "incident_key"),
        user=_user(optional_object(event, "agent")),
        assignee=_first_user(data.get("assignees")),
        acknowledged=data.get("status") == "acknowledged",
        text=optional_text(data, "content") if commented else "",
        merged_into=_id(merged_into) if merged_into else "",
    )


def _digest(secret: Secret, body: bytes) -> bytes:
    key = secret.reveal().encode("utf-8", "surrogateescape")
    return hmac.digest(key, body, "sha256").hex().encode()


def _id(entry: Mapping[str, Any]) -> str:
    text = required_text(entry, "id")
    if len(text) > LONGEST_ID or not text.isprintable():
        raise MalformedEventError("id is not one of PagerDuty's")
    return text


def _time(event: Mapping[str, Any]) -> float:
    text = required_text(event, "occurred_at")
    try:
        return parse_rfc3339(text)
    except ValueError:
        raise MalformedEventError("occurred_at is not a time") from None


def _user(entry: Mapping[str, Any]) -> VendorUser | None:
    """Return who is referred to, None for an integration or another program."""
    if not str(entry.get("type", "")).startswith("user"):
        return None
    return VendorUser(_id(entry), optional_text(entry, "summary"))


def _first_user(assignees: Any) -> VendorUser | None:
    if not isinstance(assignees, list):
        return None
    entries = [one for one in assignees if isinstance(one, dict)]
    return next((user for one in entries if (user := _user(one)) is not None), None)
