"""Silences and inhibition at one moment, for pages and APIs.

Dispatch has its own answer (`gateway.flow.dispatch.suppression_index`), on the snapshot that it
decides on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gateway.core.alerts.labels import Labels, fingerprint
from gateway.core.incidents.silence import SilenceIndex
from gateway.core.plan.plan import Plan
from gateway.core.routing.inhibition import SourceIndex
from gateway.flow.dispatch.suppression_index import firing_sources
from gateway.flow.intake.repost_cache import RepostCache
from gateway.store import Tx
from gateway.store.state import alerts, silences

MANY = 1000
"""Inhibiting alerts from which on they are not read again for each one that starts or ends."""

FRESH = 2.0
"""Seconds for which that many count as they were read. Higher shows changes later."""


@dataclass(frozen=True, slots=True)
class MuteSnapshot:
    """Silences and inhibiting alerts at `now`."""

    silences: SilenceIndex
    sources: SourceIndex
    now: float

    def silenced_by(self, labels: Labels) -> tuple[str, ...]:
        """Return the ids of the silences that match an alert."""
        if not self.silences:
            return ()
        return tuple([silence.id for silence in self.silences.silencing(labels, self.now)])

    def inhibited_by(self, labels: Labels) -> str | None:
        """Return the identity of the alert that inhibits this one."""
        hit = self.sources.inhibitor(labels)
        return None if hit is None else hit[1]


@dataclass(frozen=True, slots=True)
class _Silences:
    """Silences as they were read; `key` names the state of the database."""

    key: tuple[int, int]
    index: SilenceIndex


@dataclass(frozen=True, slots=True)
class _Sources:
    """Inhibiting alerts as they were read at `read_at`; valid until `expires_at`."""

    key: tuple[int, str]
    version: int
    read_at: float
    expires_at: float
    index: SourceIndex

    def is_valid(self, key: tuple[int, str], version: int, now: float) -> bool:
        """Return whether they need not be read again."""
        if key != self.key or now >= self.expires_at:
            return False
        fresh = len(self.index) >= MANY and now - self.read_at < FRESH
        return version == self.version or fresh


class MuteSnapshots:
    """Makes snapshots, and reads the database only where it has changed.

    Threads: any reader's thread calls `at`. Each reads what is cached once and replaces it as a
    whole; at worst two threads read the same. What was read before the re-post cache was cleared
    is not used afterwards, because its generation is part of each key.
    """

    def __init__(self, repost_cache: RepostCache) -> None:
        self._repost_cache = repost_cache
        self._silences: _Silences | None = None
        self._sources: _Sources | None = None

    def at(self, tx: Tx, plan: Plan, now: float) -> MuteSnapshot:
        """Return what suppresses alerts at `now`."""
        generation = self._repost_cache.generation  # before anything is read, see `clear`
        silence_index = self._silences_at(tx, generation, now)
        return MuteSnapshot(silence_index, self._sources_at(tx, generation, plan, now), now)

    def _silences_at(self, tx: Tx, generation: int, now: float) -> SilenceIndex:
        key, cached = (generation, silences.version(tx)), self._silences
        if cached is None or cached.key != key:
            cached = _Silences(key, SilenceIndex(silences.ending_after(tx, now)))
            self._silences = cached
        return cached.index

    def _sources_at(self, tx: Tx, generation: int, plan: Plan, now: float) -> SourceIndex:
        if not plan.inhibit_rules:
            return SourceIndex(())
        key, version, cached = (generation, plan.digest), alerts.inhibit_version(tx), self._sources
        if cached is None or not cached.is_valid(key, version, now):
            index, expires_at = firing_sources(tx, self._repost_cache, plan, now)
            cached = self._sources = _Sources(key, version, now, expires_at, index)
        return cached.index


def fingerprints_of(tx: Tx, identities: Sequence[str]) -> Mapping[str, str]:
    """Return Alertmanager's fingerprints of alerts, by identity."""
    if not identities:
        return {}
    return {
        identity: fingerprint(alert.labels)
        for identity, alert in alerts.by_identity(tx, identities).items()
    }
