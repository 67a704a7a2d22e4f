"""Numbers of incidents as text, for the page and the command line."""

from collections.abc import Iterable

_STATES = {"firing": "unacknowledged", "acknowledged": "acknowledged"}


def counts_text(counts: Iterable[tuple[str, str, int]]) -> str:
    """Return counts of (list state, severity, number), in their order, as one line.

    >>> counted([("firing", "critical", 2), ("firing", "warning", 60), ("acknowledged", "page", 1)])
    'unacknowledged: 2 critical, 60 warning · acknowledged: 1 page'
    >>> counted([("firing", "critical", 2), ("suppressed", "critical", 1)])
    'unacknowledged: 2 critical · suppressed: 1 critical'
    """
    by_state: dict[str, list[str]] = {}
    for state, severity, number in counts:
        by_state.setdefault(state, []).append(f"{number} {severity or 'without severity'}")
    return " · ".join(
        f"{_STATES.get(state, state)}: {', '.join(parts)}" for state, parts in by_state.items()
    )
