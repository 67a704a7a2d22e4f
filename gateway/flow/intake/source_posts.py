"""What posts of a source need of the database: repeated posts, and alerts that already fire."""

from collections.abc import Callable
from functools import partial
from hashlib import blake2b

from gateway.core.alerts.reported_alert import ReportedAlert
from gateway.store import Store, Tx
from gateway.store.state import accepted_posts, alerts

_DIGEST = 16  # bytes: a sender may choose ids of any length


class SourcePosts:
    """Reads and records posts of sources. Used from the event loop."""

    def __init__(self, store: Store, now: Callable[[], float]) -> None:
        self._store = store
        self._now = now

    async def is_known(self, source: str, post_id: str) -> bool:
        """Return whether this post was accepted before. Raise StoreUnavailableError."""
        key = _key(post_id)
        return await self._store.read(partial(accepted_posts.is_known, source=source, post=key))

    async def record(self, source: str, post_id: str) -> None:
        """Store that a post was accepted, after its alerts are on disk.

        Raise StoreUnavailableError: then the same post is accepted again, which changes nothing.
        """
        key, now = _key(post_id), self._now()
        await self._store.write(partial(accepted_posts.add, source=source, post=key, now=now))

    async def firing(self, source: str) -> list[ReportedAlert]:
        """Return the alerts of a source that fire, as they were reported."""
        now = self._now()

        def work(tx: Tx) -> list[ReportedAlert]:
            return [
                ReportedAlert(one.labels, one.annotations, one.starts_at, None, one.generator_url)
                for one in alerts.firing_of(tx, source, now)
            ]

        return await self._store.read(work)


def _key(post_id: str) -> str:
    text = post_id.encode("utf-8", "surrogateescape")
    return blake2b(text, digest_size=_DIGEST).hexdigest()
