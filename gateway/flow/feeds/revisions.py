"""Revisions of a feed's events: when each changed last, and how often.

Calendar programs compare them, and an answer that changes without a reason could never be answered
with 304.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import NamedTuple

from gateway.calendars.planned import PlannedEvent
from gateway.store.state.feeds import Revision

GONE = ""
"""Digest of an event that is no longer in the feed. It is kept so that its number never falls."""

KEEP_GONE = 60 * 86400
"""Seconds for which the number of an event that is gone is kept. A shift that returns later
begins at 0 again, which calendar programs may ignore if they still remember the old one."""


class Revised(NamedTuple):
    """Events with their revisions, and the revisions to store."""

    events: list[PlannedEvent]
    revisions: Mapping[str, Revision]

    @property
    def changed_at(self) -> int:
        """When the feed changed last (unix seconds); 0 if it never had an event."""
        return max((one.changed_at for one in self.revisions.values()), default=0)


def revise(stored: Mapping[str, Revision], events: Sequence[PlannedEvent], now: float) -> Revised:
    """Return the events with the number and time of their last change, which may be now."""
    revised, revisions = [], dict(stored)
    for event in events:
        digest, known = _digest(event), stored.get(event.uid)
        if known is None or known.digest != digest:
            sequence = 0 if known is None else known.sequence + 1
            revisions[event.uid] = known = Revision(sequence, int(now), digest)
        revised.append(replace(event, sequence=known.sequence, changed_at=known.changed_at))
    present = {event.uid for event in events}
    for uid, known in stored.items():
        if uid not in present and known.digest != GONE:
            revisions[uid] = Revision(known.sequence, int(now), GONE)
    return Revised(revised, {uid: one for uid, one in revisions.items() if not _is_over(one, now)})


def _is_over(revision: Revision, now: float) -> bool:
    return revision.digest == GONE and revision.changed_at < now - KEEP_GONE


def _digest(event: PlannedEvent) -> str:
    content = (str(event.start), str(event.end), event.summary, event.description, event.person)
    return sha256("\0".join(content).encode("utf-8", "surrogatepass")).hexdigest()[:16]
