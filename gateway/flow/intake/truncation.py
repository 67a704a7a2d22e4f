"""Truncated batches: alerts that a source did not send because of its own limit (E33)."""

from collections.abc import Sequence
from dataclasses import replace

from gateway.core.incidents.incident import Incident
from gateway.core.incidents.timeline import TimelineEntry, TimelineKind
from gateway.store import Tx
from gateway.store.state import incidents, members, timeline


def record_truncation(tx: Tx, identities: Sequence[str], count: int, now: float) -> None:
    """Store that beside these alerts the source has `count` more that it did not send.

    The next notice says so. A count that has not changed is recorded once.
    """
    by_identity = members.open_numbers_of(tx, identities)
    numbers = sorted({number for several in by_identity.values() for number in several})
    changed: list[Incident] = [
        replace(incident, truncated=count)
        for incident in incidents.by_number(tx, numbers).values()
        if incident.truncated != count
    ]
    incidents.save(tx, changed)
    text = f"the source left out {count} more by its own limit" if count else "nothing any more"
    timeline.add(
        tx, [(one.number, TimelineEntry(now, TimelineKind.TRUNCATED, text, {})) for one in changed]
    )
