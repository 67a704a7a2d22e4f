"""Suppression of alerts, judged on the same snapshot that their notices are stored on (E9)."""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from gateway.core.incidents.incident import Member
from gateway.core.incidents.silence import SilenceIndex
from gateway.core.incidents.suppression import Suppression, SuppressReason
from gateway.core.plan.plan import Plan
from gateway.core.routing.inhibition import SourceIndex
from gateway.flow.intake.repost_cache import RepostCache
from gateway.store import Tx
from gateway.store.state import alerts, silences


class SuppressionIndex:
    """Silences and an index of inhibiting alerts, read again when they have changed.

    Threads: only the writer's, inside a transaction that decides.
    """

    def __init__(self, repost_cache: RepostCache, epoch: Callable[[], int]) -> None:
        """Create an empty index.

        `epoch` is the store's. When a commit is lost, the database may use a version number again
        for another state, but on another connection.
        """
        self._repost_cache = repost_cache
        self._epoch = epoch
        self._key: tuple[int, int, str, int] | None = None
        self._index: SourceIndex | None = None
        self._expires_at = 0.0
        self._silences = SilenceIndex(())
        self._silence_version: tuple[int, int] | None = None
        self._name_of: Callable[[str], str] = str

    def refresh(self, tx: Tx, plan: Plan, now: float) -> None:
        """Read what has changed, once in each transaction before `of` is called."""
        self._name_of = plan.name_of
        epoch, generation = self._epoch(), self._repost_cache.generation
        version = (epoch, silences.version(tx))
        if version != self._silence_version:
            self._silences = SilenceIndex(silences.ending_after(tx, now))
            self._silence_version = version
        if not plan.inhibit_rules:
            self._index = None
            return
        key = (epoch, generation, plan.digest, alerts.inhibit_version(tx))
        if self._index is None or key != self._key or now >= self._expires_at:
            self._index, self._expires_at = firing_sources(tx, self._repost_cache, plan, now)
            self._key = key

    def of(self, members: Iterable[Member], now: float) -> Mapping[str, Suppression]:
        """Return why members are silenced or inhibited at `now`, by identity."""
        if self._index is None and not self._silences:
            return {}
        firing = [member for member in members if member.firing(now)]
        return {**self._inhibited(firing), **self._silenced(firing, now)}

    def _silenced(self, firing: Iterable[Member], now: float) -> dict[str, Suppression]:
        if not self._silences:
            return {}
        suppressed = {}
        for member in firing:
            active = self._silences.silencing(member.alert.labels, now)
            if active:
                longest = active[0]
                suppressed[member.alert.identity] = Suppression(
                    SuppressReason.SILENCED,
                    self._name_of(longest.created_by) or "somebody",
                    longest.ends_at,
                    longest.comment,
                )
        return suppressed

    def _inhibited(self, firing: Iterable[Member]) -> dict[str, Suppression]:
        if self._index is None:
            return {}
        suppressed = {}
        for member in firing:
            hit = self._index.inhibitor(member.alert.labels)
            if hit is not None:
                rule, source = hit
                name = rule.name or f"the alert {source[:8]}"
                suppressed[member.alert.identity] = Suppression(SuppressReason.INHIBITED, name)
        return suppressed


class FiringSources(NamedTuple):
    """Inhibiting alerts that are firing, and when the first of them ends."""

    sources: SourceIndex
    expires_at: float


def firing_sources(tx: Tx, repost_cache: RepostCache, plan: Plan, now: float) -> FiringSources:
    """Return the inhibiting alerts that are firing at `now`."""
    index = SourceIndex(plan.inhibit_rules)
    expires_at = float("inf")
    for identity, labels, stored, reported in alerts.inhibit_sources(tx, now - 3600.0):
        ends_at = repost_cache.ends_at(identity, stored, reported)
        if ends_at is not None and ends_at <= now:
            continue
        if ends_at is not None:
            expires_at = min(expires_at, ends_at)
        index.add(identity, labels)
    return FiringSources(index, expires_at)
