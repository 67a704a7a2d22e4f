"""The alerts that fire and are concerned by matchers: whom a silence would, does or did silence."""

from array import array
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from functools import partial

from gateway.core.alerts.alert import Alert
from gateway.core.matching.matcher import Matcher, matches_all
from gateway.store import Store
from gateway.store.state import alerts

Matchers = Sequence[Matcher]
Candidates = Callable[[Matchers], Awaitable["array[int] | None"]]
"""Serials of all alerts that may fulfil these, and of some more; None where any may."""

PAGE = 500
"""Alerts read at once."""

MOST_SEARCHES = 20
"""Lists of matchers that are searched for one by one; with more of them all alerts are read."""


class SilenceMatches:
    """Finds them by their labels where that is possible, else by reading all that fire."""

    def __init__(self, store: Store, now: Callable[[], float], candidates: Candidates) -> None:
        self._store = store
        self._now = now
        self._candidates = candidates

    async def by(self, wanted: Sequence[Matchers]) -> AsyncGenerator[list[Alert], None]:
        """Those that fulfil all matchers of any of `wanted`, in pages, some of them empty.

        Raises StoreUnavailableError.
        """
        serials = await self._serials(wanted)
        pages = self._all() if serials is None else self._of(serials)
        async for page in pages:
            yield [one for one in page if any(matches_all(each, one.labels) for each in wanted)]

    async def _serials(self, wanted: Sequence[Matchers]) -> list[int] | None:
        if len(wanted) > MOST_SEARCHES:
            return None
        found: set[int] = set()
        for matchers in wanted:
            some = await self._candidates(matchers)
            if some is None:
                return None
            found.update(some)
        return sorted(found)

    async def _of(self, serials: Sequence[int]) -> AsyncIterator[list[Alert]]:
        for start in range(0, len(serials), PAGE):
            part = serials[start : start + PAGE]
            yield await self._store.read(
                partial(alerts.active_by_serial, now=self._now(), serials=part)
            )

    async def _all(self) -> AsyncIterator[list[Alert]]:
        after: str | None = ""
        while after is not None:
            read = partial(alerts.active_page, now=self._now(), after=after, limit=PAGE)
            page = await self._store.read(read)
            yield page
            after = page[-1].identity if len(page) == PAGE else None
