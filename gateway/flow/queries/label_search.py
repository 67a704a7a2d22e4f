"""Search among the labels of firing alerts, by an index in memory.

The first search builds the index. Later searches add the alerts that are new since, which have
higher serials.
"""

import asyncio
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from gateway.core.matching.label_index import LabelIndex
from gateway.core.matching.matcher import Matcher
from gateway.store import Store, Tx
from gateway.store.queries import active_alerts

AT_ONCE = 1000
"""Alerts indexed at once. Others wait meanwhile for the reader's thread and for Python's lock."""

SPARE = 50_000
"""Resolved alerts that the index may hold, beside as many as were firing when it was built.

With more it is built again: higher costs memory, lower costs time."""


class LabelSearch:
    """Finds candidates by matchers. Used from the event loop, except `_index` and `_catch_up`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._one_at_a_time = asyncio.Lock()
        self._state: _IndexState | None = None
        self._cleared = 0

    def clear(self) -> None:
        """Drop the index, because after the database was lost serials may name other alerts."""
        self._state = None
        self._cleared += 1

    async def candidates(self, matchers: Sequence[Matcher], since: float) -> "array[int] | None":
        """Return the serials of alerts that end after `since` and may match, and of some more.

        None when any alert may match. Raises StoreUnavailableError.
        """
        if all(matcher.matches_value("") for matcher in matchers):
            return None
        async with self._one_at_a_time:
            try:
                state = self._state
                if state is None or len(state.index) > state.max_size:
                    state = await self._build(since)
                index = state.index
                while not await self._store.read(partial(_catch_up, state=state)):
                    pass
                return await self._store.read(lambda tx: index.candidates(matchers))
            except BaseException:
                # A reader's thread may still fill this index: another one must not do so at once.
                self._state = None
                raise

    async def _build(self, since: float) -> "_IndexState":
        self._state, cleared = None, self._cleared
        index = LabelIndex()
        serials, last = await self._store.read(
            lambda tx: (active_alerts.serials(tx, since), active_alerts.last_serial(tx))
        )
        for start in range(0, len(serials), AT_ONCE):
            part = serials[start : start + AT_ONCE]
            await self._store.read(partial(_index, index=index, serials=part))
        state = _IndexState(index, last, 2 * len(serials) + SPARE)
        if cleared == self._cleared:
            self._state = state
        return state


@dataclass(slots=True)
class _IndexState:
    """An index, the highest serial in it, and how many alerts it may hold.

    Threads: one reader's thread at a time changes it, because of the lock of `candidates`.
    """

    index: LabelIndex
    last: int
    max_size: int


def _catch_up(tx: Tx, state: _IndexState) -> bool:
    """Index some of the new alerts; return whether that was all."""
    rows = active_alerts.labels_after(tx, state.last, AT_ONCE)
    for serial, labels in rows:
        state.index.add(serial, labels)
    if rows:
        state.last = rows[-1][0]
    return len(rows) < AT_ONCE


def _index(tx: Tx, index: LabelIndex, serials: Sequence[int]) -> None:
    for serial, labels in active_alerts.labels(tx, serials):
        index.add(serial, labels)
