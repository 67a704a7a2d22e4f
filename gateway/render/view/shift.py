"""What templates see of a message about shifts."""

from collections.abc import Mapping
from typing import Any

from gateway.core.text.escape import one_line
from gateway.render.view.clean import clean

MOST_LINES = 200
"""Items of each list. Facts hold at most 50; a later release or damage must not fill a message."""


def shift_of(facts: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the facts of a message about shifts, complete and clean; None for another message."""
    raw = facts.get("shift")
    if not isinstance(raw, Mapping):
        return None
    return {
        "rota": _line(raw.get("rota")),
        "side": _line(raw.get("side")),
        "people": _names(raw.get("people")),
        "before": _names(raw.get("before")),
        "starts_at": _instant(raw.get("starts_at")),
        "ends_at": _instant(raw.get("ends_at")),
        "why": _line(raw.get("why")),
        "changes": [
            {
                "rota": _line(one.get("rota")),
                "before": _stretches(one.get("before")),
                "after": _stretches(one.get("after")),
                "causes": [_line(cause, 300) for cause in _texts(one.get("causes"))],
            }
            for one in _mappings(raw.get("changes"))
        ],
        "incidents": [
            {
                "number": _line(one.get("number")),
                "title": _line(one.get("title"), 200),
                "severity": _line(one.get("severity")),
                "status": _line(one.get("status")),
                "holder": _line(one.get("holder")),
            }
            for one in _mappings(raw.get("incidents"))
        ],
        "more": _count(raw.get("more")),
        "silences": [
            {
                "matchers": _line(one.get("matchers"), 200),
                "comment": _line(one.get("comment"), 200),
                "by": _line(one.get("by")),
                "ends_at": _instant(one.get("ends_at")),
            }
            for one in _mappings(raw.get("silences"))
        ],
        "swap": _swap(raw.get("swap")),
        "week": {
            name: _count(_mapping(raw.get("week")).get(name))
            for name in ("opened", "open", "acknowledged", "pages")
        },
    }


def _swap(value: object) -> dict[str, Any] | None:
    """Return the facts of a swap; None for another message."""
    raw = _mapping(value)
    if not raw:
        return None
    return {
        "state": _line(raw.get("state")),
        "person": _line(raw.get("person")),
        "other": _line(raw.get("other")),
        "gives": next(iter(_stretches([raw.get("gives")])), None),
        "takes": next(iter(_stretches([raw.get("takes")])), None),
    }


def _stretches(value: object) -> list[dict[str, float]]:
    return [
        {"starts_at": start, "ends_at": end}
        for one in _mappings(value)
        if (start := _instant(one.get("starts_at"))) is not None
        and (end := _instant(one.get("ends_at"))) is not None
    ]


def _names(value: object) -> list[str]:
    return [_line(one) for one in value[:MOST_LINES]] if isinstance(value, list) else []


def _texts(value: object) -> list[object]:
    return value[:MOST_LINES] if isinstance(value, list) else []


def _mappings(value: object) -> list[Mapping[str, Any]]:
    items = value[:MOST_LINES] if isinstance(value, list) else []
    return [one for one in items if isinstance(one, Mapping)]


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _line(value: object, limit: int = 100) -> str:
    return one_line(clean(value), limit)


def _instant(value: object) -> float | None:
    """Return a finite number of Unix seconds, else None."""
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e12:
        return float(value)
    return None


def _count(value: object) -> int:
    return value if isinstance(value, int) and value >= 0 else 0
