"""Alerts that were seen lately, read a page at a time so that nobody waits for a long query."""

from collections.abc import AsyncIterator
from functools import partial

from gateway.store import Store
from gateway.store.queries.recent_alerts import PageEnd, RecentAlert, page

PAGE = 500
"""Alerts of one read. Higher holds a reader's thread for longer."""


async def recent_alerts(store: Store, since: float, most: int) -> AsyncIterator[RecentAlert]:
    """Yield up to `most` alerts that fire or ended since an instant, the newest first."""
    position: PageEnd | None = PageEnd()
    count = 0
    while position is not None and count < most:
        read = partial(page, since=since, after=position, most=min(PAGE, most - count))
        alerts, position = await store.read(read)
        for alert in alerts:
            yield alert
        count += len(alerts)
