"""A verification as JSON values: the same for the API, the command, the page and the database."""

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.core.time.spans import Span
from gateway.core.time.timestamps import format_rfc3339
from gateway.core.verify.promise import SENTENCES, BrokenPromise, Promise
from gateway.core.verify.verification import Verification


def verification_json(verification: Verification, most: int | None = None) -> dict[str, Any]:
    """Return a verification as JSON values; instants are RFC 3339.

    It lists up to `most` broken promises; None: all that the verification lists.
    """
    broken = verification.broken if most is None else verification.broken[:most]
    deleted_before = verification.deleted_before
    return {
        **_span(verification.span),
        "verified_at": _instant(verification.verified_at),
        "checked": {
            "alerts": verification.alerts,
            "incidents": verification.incidents,
            "notices": verification.notices,
        },
        "missing": verification.total,
        "by_promise": {one.value: verification.missing.get(one, 0) for one in Promise},
        "broken": [_broken(one) for one in broken],
        "not_listed": verification.total - len(broken),
        "deleted_before": None if deleted_before is None else _instant(deleted_before),
        "downtimes": [_span(one) for one in verification.downtimes],
    }


def result_heading(missing: int) -> str:
    """Return the outcome in two words: "0 missing"."""
    return f"{missing} missing"


def checked_text(checked: Mapping[str, int]) -> str:
    """Return how much was checked: "12 alerts, 3 incidents and 40 messages"."""
    alerts, incidents, notices = checked["alerts"], checked["incidents"], checked["notices"]
    parts: Sequence[tuple[int, str]] = ((alerts, "alert"), (incidents, "incident"))
    counted = ", ".join(_plural(count, noun) for count, noun in parts)
    return f"{counted} and {_plural(notices, 'message')}"


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _broken(broken: BrokenPromise) -> dict[str, Any]:
    return {
        "promise": broken.promise.value,
        "promised": SENTENCES[broken.promise],
        "check": broken.check.value,
        "at": _instant(broken.at),
        "incident": broken.incident,
        "notice": broken.notice,
        "subject": broken.subject,
        "what": broken.what,
        "action": broken.action,
    }


def _span(span: Span) -> dict[str, str]:
    return {"from": _instant(span.start), "to": _instant(span.end)}


def _instant(at: float) -> str:
    return format_rfc3339(at, milliseconds=at != int(at))
