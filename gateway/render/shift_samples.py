"""Sample messages about shifts, for the check and the preview of templates."""

from collections.abc import Iterator
from typing import Any

from gateway.core.incidents.notice import NoticeKind, NotifyReason

DAY = 86400.0


def shift_facts(kind: NoticeKind, now: float) -> dict[str, Any]:
    """Return the facts of one message about shifts."""
    shift: dict[str, Any] = {"rota": "billing", "people": ["Ben"], "before": ["Ana"], "why": ""}
    if kind is NoticeKind.HANDOVER:
        shift |= {
            "side": "begins",
            "ends_at": now + 7 * DAY,
            "incidents": [
                {
                    "number": 1042,
                    "title": "DoubleChargeDetected: A customer was charged twice",
                    "severity": "critical",
                    "status": "acknowledged",
                    "holder": "Ana",
                },
                {
                    "number": 1043,
                    "title": "RenewalsLate",
                    "severity": "warning",
                    "status": "firing",
                },
            ],
            "silences": [
                {
                    "matchers": 'alertname="RenewalsLate"',
                    "comment": "the provider is down",
                    "by": "Ana",
                    "ends_at": now + DAY,
                }
            ],
            "week": {"opened": 9, "open": 2, "acknowledged": 7, "pages": 12},
        }
    elif kind is NoticeKind.REMINDER:
        shift |= {"starts_at": now + DAY, "ends_at": now + 8 * DAY}
    elif kind is NoticeKind.SHIFTS_CHANGED:
        stretch = {"starts_at": now + 2 * DAY, "ends_at": now + 3 * DAY}
        cause = "by Ben: swap 7, Ben instead of Ana (a concert)"
        later = {"starts_at": now + 9 * DAY, "ends_at": now + 10 * DAY}
        shift["changes"] = [
            {"rota": "billing", "before": [stretch], "after": [later], "causes": [cause]}
        ]
    elif kind is NoticeKind.SWAP:
        shift["why"] = "a concert"
        shift["swap"] = {
            "id": 7,
            "state": "open",
            "person": "Ben",
            "other": "Ana",
            "gives": {"starts_at": now + 2 * DAY, "ends_at": now + 3 * DAY},
            "takes": {"starts_at": now + 9 * DAY, "ends_at": now + 10 * DAY},
        }
    return {
        "incident": None,
        "status": "on call",
        "severity": "",
        "rank": None,
        "title": "Shifts",
        "shift": shift,
        "at": now,
        "opened_at": now,
        "since": now,
        "alerts": [],
    }


REASONS = {
    NoticeKind.HANDOVER: NotifyReason.HANDOVER,
    NoticeKind.REMINDER: NotifyReason.SHIFT_BEGINS,
    NoticeKind.SHIFTS_CHANGED: NotifyReason.SHIFTS_CHANGED,
    NoticeKind.ON_CALL: NotifyReason.ON_CALL_CHANGED,
    NoticeKind.SWAP: NotifyReason.SWAP_ASKED,
}


def shift_kinds(now: float) -> Iterator[tuple[str, dict[str, Any], NoticeKind, NotifyReason]]:
    """Yield name, facts, kind and reason of each sample."""
    for kind, reason in REASONS.items():
        yield f"{kind.value} critical", shift_facts(kind, now), kind, reason
    ended = shift_facts(NoticeKind.HANDOVER, now)
    ended["shift"] = ended["shift"] | {"side": "ends", "incidents": [], "silences": []}
    yield "handover, shift ended", ended, NoticeKind.HANDOVER, NotifyReason.HANDOVER
    nobody = shift_facts(NoticeKind.ON_CALL, now)
    nobody["shift"] = nobody["shift"] | {"people": []}
    yield "nobody on call", nobody, NoticeKind.ON_CALL, NotifyReason.ON_CALL_CHANGED
