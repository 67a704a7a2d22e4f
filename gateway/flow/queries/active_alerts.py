"""Queries of firing alerts, a page at a time.

A query first reads the serials (or the incidents), and then each page in a short transaction of its
own. So an answer of any length needs little memory and delays no others. It omits alerts that
resolve meanwhile. It is not one snapshot, and neither is Alertmanager's.
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
"""Alerts in one page. Other queries wait for it."""

GRACE = 900.0
"""Seconds after its stored end that an alert may still be firing by its cached end."""

REST = 0.5
"""Pause after each page of a long answer, as a part of its duration, so that others have a turn."""


class ActiveAlerts:
    """Queries of firing alerts. Used from the event loop, except `mute_snapshot`.

    Pages of all queries are made one at a time, in turns. First pages have a turn of their own, so
    that a short answer does not wait for long ones.
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
        self._fingerprints = Fingerprints()
        self._search = LabelSearch(store)
        self._first = asyncio.Semaphore(1)
        self._more = asyncio.Semaphore(1)

    def mute_snapshot(self, tx: Tx) -> MuteSnapshot:
        """Return what silences and inhibits alerts now. Called in a reader's thread."""
        return self._mute_snapshots.at(tx, self._plan(), self._now())

    def clear(self) -> None:
        """Drop what is cached of the database.

        Mute snapshots belong to a generation of the re-post cache, so they need no clearing.
        """
        self._fingerprints.clear()
        self._search.clear()

    async def candidates(self, matchers: Sequence[Matcher]) -> "array[int] | None":
        """Return the serials of alerts that may be firing and match, and of some more.

        None when any alert may match. Raises StoreUnavailableError.
        """
        return await self._search.candidates(matchers, self._now() - GRACE)

    async def alerts(
        self, alert_filter: AlertFilter, write: Callable[[Sequence[ActiveAlert]], bytes]
    ) -> AsyncGenerator[bytes, None]:
        """Yield pages of the alerts that pass the filter, in the order in which they fired.

        `write` makes each page, in a reader's thread. Raises StoreUnavailableError.
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
        """Yield the same alerts by group, in the order of the groups' labels; like `alerts`."""
        query = self._query(alert_filter)

        def page(tx: Tx, part: Sequence[tuple[int, int]], groups: Groups) -> bytes:
            return write(query.grouped(tx, part, groups))

        serials = await self.candidates(alert_filter.matchers)
        members = None if serials is None else await self._members(serials)
        among = None if members is None else list(members)
        numbers = await self._in_turn(self._more, partial(active_alerts.open_numbers, among=among))
        turn = self._first
        for start in range(0, len(numbers), PAGE):
            read = partial(
                _members_of, query=query, numbers=numbers[start : start + PAGE], members=members
            )
            groups, pairs = await self._in_turn(turn, read)
            for at in range(0, len(pairs), PAGE):
                part = partial(page, part=pairs[at : at + PAGE], groups=groups)
                yield await self._in_turn(turn, part)
                turn = self._more

    def _query(self, alert_filter: AlertFilter) -> AlertQuery:
        plan, now = self._plan(), self._now()
        mute_snapshot = partial(self._mute_snapshots.at, plan=plan, now=now)
        return AlertQuery(
            alert_filter, plan, self._repost_cache, self._fingerprints, mute_snapshot, now
        )

    async def _members(self, serials: Sequence[int]) -> "dict[int, array[int]]":
        """Return which of the alerts are in which incident, by its number."""
        members: dict[int, array[int]] = {}
        for start in range(0, len(serials), active_alerts.PAGE_SIZE):
            read = partial(
                active_alerts.memberships, serials=serials[start : start + active_alerts.PAGE_SIZE]
            )
            for number, serial in await self._store.read(read):
                members.setdefault(number, array("q")).append(serial)
        return members

    async def _in_turn(self, turn: asyncio.Semaphore, work: Callable[[Tx], T]) -> T:
        clock = asyncio.get_running_loop().time
        async with turn:
            started_at = clock()
            result = await self._store.read(work)
            if turn is self._more:
                await asyncio.sleep(REST * (clock() - started_at))
        return result


def _members_of(
    tx: Tx, query: AlertQuery, numbers: Sequence[int], members: "Mapping[int, array[int]] | None"
) -> tuple[Groups, list[tuple[int, int]]]:
    """Return the groups that pass the filter, and pairs of number and serial in their order."""
    groups = query.groups(tx, numbers)
    passing = [number for number in numbers if number in groups]
    if members is not None:
        return groups, [(number, serial) for number in passing for serial in members[number]]
    position = {number: at for at, number in enumerate(passing)}
    pairs = active_alerts.members_of(tx, passing)
    pairs.sort(
        key=lambda pair: position[pair[0]]
    )  # stable: within a group they stay in the order of serials
    return groups, pairs
