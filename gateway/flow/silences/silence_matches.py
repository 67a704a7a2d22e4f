"""Matches of silences: the firing alerts that a silence would, does or did suppress."""

from array import array
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from functools import partial

from gateway.core.alerts.alert import Alert
from gateway.core.matching.matcher import Matcher, matches_all
from gateway.store import Store
from gateway.store.state import alerts

Matchers = Sequence[Matcher]
Candidates = Callable[[Matchers], Awaitable["array[int] | None"]]
"""(matchers): serials of all alerts that may match and of some more; None where any may match."""

PAGE = 500
"""Alerts read at once."""

MAX_SEARCHES = 20
"""Lists of matchers that are searched one by one; beyond it all firing alerts are read."""


class SilenceMatches:
    """Finds matches by an index of labels where that is possible. Used from the event loop."""

    def __init__(self, store: Store, now: Callable[[], float], candidates: Candidates) -> None:
        self._store = store
        self._now = now
        self._candidates = candidates

    async def pages(self, any_of: Sequence[Matchers]) -> AsyncGenerator[list[Alert], None]:
        """Yield the firing alerts that match any of these lists, in pages that may be empty.

        An alert matches a list if it fulfils all its matchers. Raises StoreUnavailableError.
        """
        serials = await self._serials(any_of)
        pages = self._all() if serials is None else self._of(serials)
        async for page in pages:
            yield [one for one in page if any(matches_all(each, one.labels) for each in any_of)]

    async def _serials(self, any_of: Sequence[Matchers]) -> list[int] | None:
        if len(any_of) > MAX_SEARCHES:
            return None
        serials: set[int] = set()
        for matchers in any_of:
            candidates = await self._candidates(matchers)
            if candidates is None:
                return None
            serials.update(candidates)
        return sorted(serials)

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
