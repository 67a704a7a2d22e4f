"""Claimed notices that wait in this process until their channel is free."""

import heapq
from collections.abc import Collection

from gateway.core.incidents.notice import NoticeKind
from gateway.flow.runtime.claimed_notice import ClaimedNotice


class Backlog:
    """A queue of claimed notices, by rank and then by age. Used from the event loop only."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, float, ClaimedNotice]] = []

    def __len__(self) -> int:
        return len(self._heap)

    def push(self, claimed_notice: ClaimedNotice, lease_until: float) -> None:
        """Add a notice that is claimed until `lease_until`, in monotonic seconds."""
        notice = claimed_notice.notice
        heapq.heappush(self._heap, (notice.rank, notice.id, lease_until, claimed_notice))

    def pop(self) -> tuple[ClaimedNotice, float]:
        """Remove the most urgent notice; return it and the end of its lease."""
        *_, lease_until, claimed_notice = heapq.heappop(self._heap)
        return claimed_notice, lease_until

    def ids(self) -> list[int]:
        """Return the ids of all notices."""
        return [id_ for _, id_, _, _ in self._heap]

    def withdraw(self, incident: int, kinds: Collection[NoticeKind]) -> list[int]:
        """Remove the notices of an incident that are of these kinds; return their ids."""
        remaining, ids = [], []
        for entry in self._heap:
            claimed_notice = entry[-1]
            if claimed_notice.notice.incident == incident and claimed_notice.kind in kinds:
                ids.append(claimed_notice.notice.id)
            else:
                remaining.append(entry)
        if ids:
            self._heap = remaining
            heapq.heapify(self._heap)
        return ids

    def clear(self) -> list[int]:
        """Remove all notices; return their ids."""
        ids = self.ids()
        self._heap.clear()
        return ids
