"""The labels of the alerts that burn, in memory, for those who search among them.

Nothing is kept before somebody searches. Then the index is built once and only ever learns of
alerts that are new since: what they are is told by their serials.
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
"""Alerts taken in between two breaths: others wait for the reader's thread, and for Python."""

SPARE = 50_000
"""Alerts that may be in the index and have ended, beside as many as burned when it was built."""


class LabelSearch:
    """Finds candidates by matchers. Used from the event loop."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._one_at_a_time = asyncio.Lock()
        self._state: _IndexState | None = None
        self._cleared = 0

    def clear(self) -> None:
        """Forget everything: after the database was lost, serials may name other alerts."""
        self._state = None
        self._cleared += 1

    async def candidates(self, matchers: Sequence[Matcher], since: float) -> "array[int] | None":
        """The serials of all alerts that may fulfil `matchers` and end after `since`, and of some
        more; None when that could be any. Raises StoreUnavailableError.
        """
        if all(matcher.matches_value("") for matcher in matchers):
            return None
        async with self._one_at_a_time:
            try:
                state = self._state
                if state is None or len(state.index) > state.most:
                    state = await self._build(since)
                index = state.index
                while not await self._store.read(partial(_catch_up, state=state)):
                    pass
                return await self._store.read(lambda tx: index.candidates(matchers))
            except BaseException:
                # A reader's thread may still be filling it: nobody else shall do so beside it.
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
    """An index, the last serial that it knows, and how many alerts it may grow to."""

    index: LabelIndex
    last: int
    most: int


def _catch_up(tx: Tx, state: _IndexState) -> bool:
    """Take in some of what is new; whether that was all."""
    found = active_alerts.labels_after(tx, state.last, AT_ONCE)
    for serial, labels in found:
        state.index.add(serial, labels)
    if found:
        state.last = found[-1][0]
    return len(found) < AT_ONCE


def _index(tx: Tx, index: LabelIndex, serials: Sequence[int]) -> None:
    for serial, labels in active_alerts.labels(tx, serials):
        index.add(serial, labels)
