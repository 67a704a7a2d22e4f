"""What this process knows of alerts without asking the database.

Prometheus posts every firing alert again about once a minute, with a later end and otherwise
unchanged. Such a re-post touches this memory only. The later ends reach the database in batches,
well before the stored ones pass: after a crash the stored end still outlives the next re-post.

When several replicas share a database each sees only its own re-posts, so what is remembered is
trusted for `trust` seconds only and then looked up again.
"""

from collections.abc import Iterable
from dataclasses import replace

from gateway.core.alerts.alert import Alert
from gateway.core.alerts.reported_alert import RawRepost

WRITE_AHEAD = 150.0
"""Seconds before a stored end passes at which the later one is written. Prometheus resends
after a minute (measured: 65 s) and sends ends four minutes ahead."""

FAR_AHEAD = 900.0
"""Seconds by which a later end is more than a re-post's: it may never be said again, so it is
stored before it is answered."""


class CachedAlert:
    """One alert as last reported.

    `text_hash` is a hash of what only the messages show, `raw_hash` one of how that was written.
    """

    __slots__ = (
        "checked_at",
        "ends_at",
        "raw_hash",
        "starts_at",
        "stored_ends_at",
        "text_hash",
        "timeout",
    )  # fmt: skip

    def __init__(self, alert: Alert, now: float) -> None:
        self.starts_at = alert.starts_at
        self.ends_at = alert.ends_at
        self.stored_ends_at = alert.ends_at
        self.timeout = alert.timeout
        self.text_hash = text_hash(alert)
        self.raw_hash: int | None = None
        self.checked_at = now


def text_hash(alert: Alert) -> int:
    """A hash of the annotations and the generator URL (of this process, never stored)."""
    return hash((frozenset(alert.annotations.items()), alert.generator_url))


class RepostCache:
    """The alerts this process has seen, by identity. Used from the event loop only."""

    def __init__(self, trust: float | None = None, since: float = 0.0) -> None:
        """`since`: when this process began to listen, unix seconds."""
        self._since = since
        self._known: dict[str, CachedAlert] = {}
        self._extended: set[str] = set()
        self._changed_texts: dict[str, Alert] = {}
        self._watchdogs: dict[str, tuple[str, ...]] = {}  # of few: alerts that watchdogs wait for
        self._trust = trust

    def __len__(self) -> int:
        return len(self._known)

    def absorb(self, alert: Alert, now: float) -> bool:
        """Take in a report that changes nothing anybody must hear of; False: it must be committed.

        A later end is kept here and written later, and so are new annotations.
        """
        known = self._known.get(alert.identity)
        if known is None or (self._trust is not None and now - known.checked_at > self._trust):
            return False
        ends_at = known.ends_at
        if self._trust is not None and alert.starts_at != known.starts_at:
            return False  # it may have ended meanwhile, and another replica have been told
        if alert.is_resolved(now):
            if ends_at is None or ends_at > now:
                return False
            if self._trust is not None or alert.ends_at is None or alert.ends_at > ends_at:
                return alert.ends_at == ends_at
            # Without annotations it keeps those it had: then it says nothing new either.
            return not alert.annotations or text_hash(alert) == known.text_hash
        if ends_at is None:
            if alert.ends_at is not None:
                return False
        elif ends_at <= now or alert.ends_at is None:
            return False
        elif known.timeout and not alert.timeout and alert.ends_at < ends_at:
            return False  # sooner than what was only inferred: somebody must look then
        if alert.starts_at < known.starts_at:
            return False
        stored = known.stored_ends_at
        if stored is not None and stored <= now:
            return False  # it is extended no more: the database must hear that it burns
        if alert.ends_at is not None and stored is not None and alert.ends_at - stored > FAR_AHEAD:
            return False
        if known.text_hash != text_hash(alert):
            known.text_hash = text_hash(alert)
            known.raw_hash = None
            self._changed_texts[alert.identity] = alert
        if alert.ends_at is not None and (
            ends_at is None or known.timeout or alert.ends_at > ends_at
        ):
            known.ends_at, known.timeout = alert.ends_at, alert.timeout
            self._extended.add(alert.identity)
        return True

    def remember_raw(self, identity: str, raw_hash: int, watchdogs: tuple[str, ...] = ()) -> None:
        """Its words, as they were just taken in, are written like this.

        `watchdogs`: the watchdogs that it is a sign of.
        """
        known = self._known.get(identity)
        if known is None:
            return
        known.raw_hash = raw_hash
        if watchdogs:
            self._watchdogs[identity] = watchdogs

    def forget_raw(self) -> None:
        """Have every alert read anew: it may be a sign of other watchdogs now."""
        self._watchdogs.clear()
        for known in self._known.values():
            known.raw_hash = None

    def absorb_raw(self, unread: RawRepost, now: float) -> set[str] | None:
        """Take in reports that are known word for word but for a later end.

        Returns the watchdogs that they are signs of; None: they must be read. Those before the
        one that must be read are taken in all the same.
        """
        reported_watchdogs: set[str] = set()
        watchdogs = self._watchdogs
        for identity, raw_hash, starts_at, ends_at in unread:
            known = self._known.get(identity)
            if known is None or known.raw_hash != raw_hash or known.starts_at != starts_at:
                return None
            if self._trust is not None and now - known.checked_at > self._trust:
                return None
            before, stored = known.ends_at, known.stored_ends_at
            if before is None or stored is None or before <= now or ends_at <= now:
                return None
            if (
                stored <= now
                or ends_at - stored > FAR_AHEAD
                or (known.timeout and ends_at < before)
            ):
                return None
            if known.timeout or ends_at > before:
                known.ends_at, known.timeout = ends_at, False
                self._extended.add(identity)
            if identity in watchdogs:
                reported_watchdogs.update(watchdogs[identity])
        return reported_watchdogs

    def invalidate(self, identity: str) -> None:
        """A report of it is on its way to the database: until that is there, ask the database."""
        self._known.pop(identity, None)
        self._watchdogs.pop(identity, None)
        self._extended.discard(identity)

    def remember(self, alerts: Iterable[Alert], now: float) -> None:
        """Remember what was just committed."""
        for alert in alerts:
            self._known[alert.identity] = CachedAlert(alert, now)
            self._extended.discard(alert.identity)
            self._changed_texts.pop(alert.identity, None)

    def ends_at(
        self, identity: str, stored: float | None, reported: float | None = None
    ) -> float | None:
        """The end of an alert as far as this process knows: the stored one, or a later one.

        `reported` is when the stored end was received. An end that lay ahead then says only that
        the source would have told us more by now, and while nobody listened it could not: it
        counts at the earliest MARGIN after we began to listen, by when sources have posted again.
        Else each longer downtime would end everything, and page for all of it anew.
        """
        known = self._known.get(identity)
        if stored is None:
            return None
        if known is None:
            ahead = reported is not None and reported < self._since and stored > reported
            return max(stored, self._since + WRITE_AHEAD) if ahead else stored
        if known.ends_at is None:
            return stored
        if self._trust is not None and stored != known.stored_ends_at:
            return stored  # another replica knows more
        return max(stored, known.ends_at)

    def with_latest_text(self, alert: Alert) -> Alert:
        """The alert as it is stored, with what its messages show as it was reported last."""
        newer = self._changed_texts.get(alert.identity)
        if newer is None or newer.updated_at < alert.updated_at:
            return alert
        return replace(alert, annotations=newer.annotations, generator_url=newer.generator_url)

    def pending_writes(
        self, now: float, ahead: float = WRITE_AHEAD
    ) -> tuple[list[tuple[str, float, float]], list[Alert]]:
        """Later ends of those whose stored ones pass within `ahead` seconds, and alerts whose
        words changed. What is over by what is stored waits for its next report."""
        ends = []
        for identity in self._extended:
            known = self._known[identity]
            if (
                known.ends_at is not None
                and known.stored_ends_at is not None
                and now < known.stored_ends_at < now + ahead
            ):
                ends.append((identity, known.ends_at, now))
        return ends, list(self._changed_texts.values())

    def mark_written(
        self, ends: Iterable[tuple[str, float, float]], changed_texts: Iterable[Alert]
    ) -> None:
        """These are stored now."""
        for identity, ends_at, _ in ends:
            known = self._known.get(identity)
            if known is not None:
                known.stored_ends_at = ends_at
                if known.ends_at == ends_at:
                    self._extended.discard(identity)
        for alert in changed_texts:
            if self._changed_texts.get(alert.identity) is alert:
                del self._changed_texts[alert.identity]

    def evict_ended(self, before: float) -> int:
        """Drop alerts that ended before that instant; returns how many."""
        gone = [
            identity
            for identity, known in self._known.items()
            if known.ends_at is not None and known.ends_at < before
        ]
        for identity in gone:
            del self._known[identity]
            self._watchdogs.pop(identity, None)
            self._extended.discard(identity)
            self._changed_texts.pop(identity, None)
        return len(gone)

    def clear(self, now: float) -> None:
        """Forget everything: after the database was lost, nothing remembered is certain."""
        self._since = now
        self._known.clear()
        self._watchdogs.clear()
        self._extended.clear()
        self._changed_texts.clear()
