"""Cache of the alerts that this process has seen, so that re-posts cost no transaction.

Prometheus posts every firing alert again about once a minute, with a later end and otherwise
unchanged. Such a re-post changes this cache only. The later ends reach the database in batches,
well before the stored ones pass: after a crash the stored end still outlives the next re-post.

When several replicas share a database, each sees only its own re-posts. So a cached alert is
valid for `max_age` seconds only; then the database is read again.
"""

from collections.abc import Iterable
from dataclasses import replace
from math import inf
from typing import NamedTuple

from gateway.core.alerts.alert import Alert
from gateway.core.alerts.reported_alert import RawRepost
from gateway.core.alerts.repost import (
    LATER_END,
    RESOLVED,
    STORE,
    CachedAlert,
    classify,
    classify_firing_end,
    text_hash,
)

WRITE_AHEAD = 150.0
"""Seconds before a stored end passes at which the later one is written. Prometheus resends
after a minute (measured: 65 s) and sends ends four minutes ahead."""


class PendingWrites(NamedTuple):
    """What is not stored yet: rows of identity, end and instant, and alerts with new texts."""

    ends: list[tuple[str, float, float]]
    changed_texts: list[Alert]


class RepostCache:
    """Alerts by identity, as they were reported last.

    Threads: only the event loop changes the cache. The writer's and the readers' threads call
    `ends_at` and `with_latest_text` at any time, and nothing else. That needs no lock because
    those two read each shared field once, into a local variable; because an entry is complete
    before it is put into a dictionary; and because an entry's end never returns to None.
    """

    def __init__(self, max_age: float | None = None, since: float = 0.0) -> None:
        """Create an empty cache.

        `max_age`: seconds for which an alert is valid after it was read or written; None: always.
        `since`: when this process began to receive alerts, unix seconds.
        """
        self.generation = 0  # how often it was cleared; derived caches keep it with what they read
        self._since = since
        self._alerts: dict[str, CachedAlert] = {}
        self._extended: set[str] = set()  # identities whose end is later than the stored one
        self._changed_texts: dict[str, Alert] = {}
        self._watchdogs: dict[str, tuple[str, ...]] = {}  # only of alerts that watchdogs match
        self._max_age = max_age

    def __len__(self) -> int:
        return len(self._alerts)

    def absorb(self, alert: Alert, now: float) -> bool:
        """Absorb a re-post that needs no notification; False: it must be stored.

        A later end and a new text are cached, and written to the database later.
        """
        cached = self._alerts.get(alert.identity)
        if cached is None or cached.checked_at < self._oldest(now):
            return False
        text = text_hash(alert)
        repost = classify(cached, alert, text, now, shared=self._max_age is not None)
        if repost is STORE:
            return False
        if repost is RESOLVED:
            return True
        if text != cached.text_hash:
            cached.text_hash, cached.raw_hash = text, None
            self._changed_texts[alert.identity] = alert
        if repost is LATER_END:
            cached.ends_at, cached.timeout = alert.ends_at, alert.timeout
            self._extended.add(alert.identity)
        return True

    def absorb_raw(self, raw: RawRepost, now: float) -> set[str] | None:
        """Absorb reports whose bytes are known but for a later end, without parsing them.

        Returns the names of the watchdogs that match them; None: they must be parsed. Those
        before the first one that is unknown are absorbed all the same.
        """
        matched: set[str] = set()
        watchdogs, get, oldest = self._watchdogs, self._alerts.get, self._oldest(now)
        for identity, raw_hash, starts_at, ends_at in raw:
            cached = get(identity)
            if cached is None or cached.raw_hash != raw_hash or cached.starts_at != starts_at:
                return None
            if ends_at <= now or cached.checked_at < oldest:
                return None
            repost = classify_firing_end(cached, ends_at, now, timeout=False)
            if repost is STORE:
                return None
            if repost is LATER_END:
                cached.ends_at, cached.timeout = ends_at, False
                self._extended.add(identity)
            if identity in watchdogs:
                matched.update(watchdogs[identity])
        return matched

    def remember_raw(self, identity: str, raw_hash: int, watchdogs: tuple[str, ...] = ()) -> None:
        """Store the hash of an alert's bytes as it was just absorbed.

        `watchdogs`: the names of the watchdogs that match the alert.
        """
        cached = self._alerts.get(identity)
        if cached is None:
            return
        cached.raw_hash = raw_hash
        if watchdogs:
            self._watchdogs[identity] = watchdogs

    def forget_raw(self) -> None:
        """Let each alert be parsed again, because other watchdogs may match it now."""
        self._watchdogs.clear()
        for cached in self._alerts.values():
            cached.raw_hash = None

    def invalidate(self, identity: str) -> None:
        """Drop an alert while a report of it waits for the database, which decides until then."""
        self._alerts.pop(identity, None)
        self._watchdogs.pop(identity, None)
        self._extended.discard(identity)

    def remember(self, alerts: Iterable[Alert], now: float) -> None:
        """Cache alerts that were just committed."""
        for alert in alerts:
            self._alerts[alert.identity] = CachedAlert(alert, now)
            self._extended.discard(alert.identity)
            self._changed_texts.pop(alert.identity, None)

    def ends_at(
        self, identity: str, stored: float | None, reported: float | None = None
    ) -> float | None:
        """Return the end of an alert: the stored one, or a later one that is cached. Any thread.

        `reported` is when the stored end was received. A source could not report a later end
        while this process was down. So an end that was ahead of its report counts at the earliest
        WRITE_AHEAD after the start, by when sources have posted again. Otherwise each downtime of
        some minutes would resolve all alerts, and page for all of them again.
        """
        if stored is None:
            return None
        cached = self._alerts.get(identity)
        if cached is None:
            since = self._since
            ahead = reported is not None and reported < since and stored > reported
            return max(stored, since + WRITE_AHEAD) if ahead else stored
        stored_then, ends_at = cached.stored_ends_at, cached.ends_at
        if ends_at is None:
            return stored
        if self._max_age is not None and stored != stored_then:
            return stored  # another replica has stored a newer report
        return max(stored, ends_at)

    def with_latest_text(self, alert: Alert) -> Alert:
        """Return a stored alert with the annotations that were reported last. Any thread."""
        newer = self._changed_texts.get(alert.identity)
        if newer is None or newer.updated_at < alert.updated_at:
            return alert
        return replace(alert, annotations=newer.annotations, generator_url=newer.generator_url)

    def pending_writes(self, now: float, ahead: float = WRITE_AHEAD) -> PendingWrites:
        """Return the later ends that must be written soon, and the alerts whose text changed.

        Ends are those of alerts whose stored end passes within `ahead` seconds. Where it has
        passed, the next report is stored anyway.
        """
        ends = []
        for identity in self._extended:
            cached = self._alerts[identity]
            if (
                cached.ends_at is not None
                and cached.stored_ends_at is not None
                and now < cached.stored_ends_at < now + ahead
            ):
                ends.append((identity, cached.ends_at, now))
        return PendingWrites(ends, list(self._changed_texts.values()))

    def mark_written(
        self, ends: Iterable[tuple[str, float, float]], changed_texts: Iterable[Alert]
    ) -> None:
        """Mark what `pending_writes` returned as stored."""
        for identity, ends_at, _ in ends:
            cached = self._alerts.get(identity)
            if cached is not None:
                cached.stored_ends_at = ends_at
                if cached.ends_at == ends_at:
                    self._extended.discard(identity)
        for alert in changed_texts:
            if self._changed_texts.get(alert.identity) is alert:
                del self._changed_texts[alert.identity]

    def evict_ended(self, before: float) -> int:
        """Drop alerts that ended before that instant; return how many."""
        ended = [
            identity
            for identity, cached in self._alerts.items()
            if cached.ends_at is not None and cached.ends_at < before
        ]
        for identity in ended:
            self.invalidate(identity)
            self._changed_texts.pop(identity, None)
        return len(ended)

    def clear(self, now: float) -> None:
        """Drop everything, because a commit may have been lost with the database."""
        self._since = now  # first: an entry that is missing below must not be judged by the old one
        self._alerts.clear()
        self._watchdogs.clear()
        self._extended.clear()
        self._changed_texts.clear()
        self.generation += 1  # last: what is derived from half a cache belongs to the one before

    def _oldest(self, now: float) -> float:
        """Return since when an alert must have been read or written to be valid at `now`."""
        return -inf if self._max_age is None else now - self._max_age
