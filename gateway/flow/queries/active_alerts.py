"""The alerts that burn, told to whoever asks: however many there are, a page at a time.

An answer begins with a list of serials (or of incidents), and then each page is a short look at
the database of its own. So an answer of any length needs little memory, holds nobody up, and
what ended meanwhile is left out. Not one snapshot: neither has Alertmanager's.
"""

import asyncio
from array import array
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from functools import partial
from typing import TypeVar

from gateway.core.matching.matcher import Matcher
from gateway.core.plan.plan import Plan
from gateway.flow.intake.repost_cache import RepostCache
from gateway.flow.queries.alert_query import (
    ActiveAlert,
    AlertFilter,
    AlertQuery,
    GroupedAlert,
    Groups,
)
from gateway.flow.queries.fingerprints import Fingerprints
from gateway.flow.queries.label_search import LabelSearch
from gateway.flow.queries.mute_snapshot import MuteSnapshot, MuteSnapshots
from gateway.store import Store, Tx
from gateway.store.queries import active_alerts

__all__ = ["ActiveAlert", "ActiveAlerts", "AlertFilter", "GroupedAlert"]

T = TypeVar("T")

PAGE = 100
"""Alerts read at once."""

GRACE = 900.0
"""Seconds after its stored end that an alert may still burn by what is only remembered."""

REST = 0.5
"""Of the time that a page of a long answer took, how much is left to others afterwards."""


class ActiveAlerts:
    """Answers about alerts that burn. Used from the event loop.

    Pages are made one at a time, whoever they are for, in turns; first pages have a turn of their
    own, so that a short answer does not wait for the long ones.
    """

    def __init__(
        self,
        store: Store,
        repost_cache: RepostCache,
        plan: Callable[[], Plan],
        now: Callable[[], float],
    ) -> None:
        self._store = store
        self._repost_cache = repost_cache
        self._plan = plan
        self._now = now
        self._mute_snapshots = MuteSnapshots(repost_cache)
        self._names = Fingerprints()
        self._search = LabelSearch(store)
        self._first = asyncio.Semaphore(1)
        self._more = asyncio.Semaphore(1)

    def mute_snapshot(self, tx: Tx) -> MuteSnapshot:
        """The silences and inhibiting alerts of this moment."""
        return self._mute_snapshots.at(tx, self._plan(), self._now())

    def clear(self) -> None:
        """Forget what is remembered of the database."""
        self._names.clear()
        self._search.clear()

    async def candidates(self, matchers: Sequence[Matcher]) -> "array[int] | None":
        """The serials of all alerts that may burn and fulfil `matchers`, and of some more; None
        when that could be any. Raises StoreUnavailableError.
        """
        return await self._search.candidates(matchers, self._now() - GRACE)

    async def alerts(
        self, alert_filter: AlertFilter, write: Callable[[Sequence[ActiveAlert]], bytes]
    ) -> AsyncGenerator[bytes, None]:
        """Those asked for, in the order in which they began to burn here, as `write` puts them.

        `write` runs in a reader's thread, once for each page. Raises StoreUnavailableError.
        """
        query = self._query(alert_filter)

        def page(tx: Tx, part: Sequence[int]) -> bytes:
            return write(query.alerts(tx, part))

        serials = await self.candidates(alert_filter.matchers)
        if serials is None:
            since = partial(active_alerts.serials, since=query.now - GRACE)
            serials = await self._in_turn(self._more, since)
        turn = self._first
        for start in range(0, len(serials), PAGE):
            yield await self._in_turn(turn, partial(page, part=serials[start : start + PAGE]))
            turn = self._more

    async def groups(
        self, alert_filter: AlertFilter, write: Callable[[Sequence[GroupedAlert]], bytes]
    ) -> AsyncGenerator[bytes, None]:
        """Those asked for, group by group in the order of their labels; like `alerts`."""
        query = self._query(alert_filter)

        def page(tx: Tx, part: Sequence[tuple[int, int]], groups: Groups) -> bytes:
            return write(query.grouped(tx, part, groups))

        serials = await self.candidates(alert_filter.matchers)
        members = None if serials is None else await self._members(serials)
        among = None if members is None else list(members)
        numbers = await self._in_turn(self._more, partial(active_alerts.open_numbers, among=among))
        turn = self._first
        for start in range(0, len(numbers), PAGE):
            wanted = partial(
                _members_of, query=query, numbers=numbers[start : start + PAGE], known=members
            )
            groups, pairs = await self._in_turn(turn, wanted)
            for at in range(0, len(pairs), PAGE):
                part = partial(page, part=pairs[at : at + PAGE], groups=groups)
                yield await self._in_turn(turn, part)
                turn = self._more

    def _query(self, alert_filter: AlertFilter) -> AlertQuery:
        plan, now = self._plan(), self._now()
        mute_snapshot = partial(self._mute_snapshots.at, plan=plan, now=now)
        return AlertQuery(alert_filter, plan, self._repost_cache, self._names, mute_snapshot, now)

    async def _members(self, serials: Sequence[int]) -> "dict[int, array[int]]":
        """By incident, which of the alerts are in it."""
        found: dict[int, array[int]] = {}
        for start in range(0, len(serials), active_alerts.PAGE_SIZE):
            some = partial(
                active_alerts.memberships, wanted=serials[start : start + active_alerts.PAGE_SIZE]
            )
            for number, serial in await self._store.read(some):
                found.setdefault(number, array("q")).append(serial)
        return found

    async def _in_turn(self, turn: asyncio.Semaphore, work: Callable[[Tx], T]) -> T:
        clock = asyncio.get_running_loop().time
        async with turn:
            begun = clock()
            done = await self._store.read(work)
            if turn is self._more:
                await asyncio.sleep(REST * (clock() - begun))
        return done


def _members_of(
    tx: Tx, query: AlertQuery, numbers: Sequence[int], known: "Mapping[int, array[int]] | None"
) -> tuple[Groups, list[tuple[int, int]]]:
    """Those of the groups that were asked for, and pairs of number and serial in their order."""
    groups = query.groups(tx, numbers)
    wanted = [number for number in numbers if number in groups]
    if known is not None:
        return groups, [(number, serial) for number in wanted for serial in known[number]]
    position = {number: at for at, number in enumerate(wanted)}
    pairs = active_alerts.members_of(tx, wanted)
    pairs.sort(key=lambda pair: position[pair[0]])  # and within a group as they are, by serial
    return groups, pairs
