"""Whether alerts are silenced, inhibited or muted at present, for pages and APIs.

Dispatch has its own answer (`gateway.flow.dispatch.suppression_index`), on the snapshot that it
decides on. Several reading threads use this one at once: what they share is replaced, not changed.
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
"""Inhibiting alerts that are not read anew for each one that comes."""

FRESH = 2.0
"""Seconds for which that many count as they were read."""


@dataclass(frozen=True, slots=True)
class MuteSnapshot:
    """The silences and inhibiting alerts of one moment."""

    silences: SilenceIndex
    sources: SourceIndex
    now: float

    def silenced_by(self, labels: Labels) -> tuple[str, ...]:
        """The ids of the silences that an alert is under."""
        if not self.silences:
            return ()
        return tuple([silence.id for silence in self.silences.silencing(labels, self.now)])

    def inhibited_by(self, labels: Labels) -> str | None:
        """The identity of the alert that inhibits this one."""
        hit = self.sources.inhibitor(labels)
        return None if hit is None else hit[1]


@dataclass(frozen=True, slots=True)
class Sources:
    """The inhibiting alerts as they were read at an instant, and until when that is right."""

    digest: str
    version: int
    read_at: float
    expires_at: float
    index: SourceIndex

    def good(self, digest: str, version: int, now: float) -> bool:
        """Whether they still count."""
        if digest != self.digest or now >= self.expires_at:
            return False
        fresh = len(self.index) >= MANY and now - self.read_at < FRESH
        return version == self.version or fresh


class MuteSnapshots:
    """Reads a `MuteSnapshot` when what it was made of has changed."""

    def __init__(self, repost_cache: RepostCache) -> None:
        self._repost_cache = repost_cache
        self._silences: tuple[int, SilenceIndex] | None = None
        self._sources: Sources | None = None

    def at(self, tx: Tx, plan: Plan, now: float) -> MuteSnapshot:
        """What keeps alerts quiet at `now`."""
        return MuteSnapshot(self._silences_at(tx, now), self._sources_at(tx, plan, now), now)

    def clear(self) -> None:
        """Read everything anew: after the database was lost, a version may name another state."""
        self._silences = None
        self._sources = None

    def _silences_at(self, tx: Tx, now: float) -> SilenceIndex:
        version, known = silences.version(tx), self._silences
        if known is None or known[0] != version:
            known = self._silences = (version, SilenceIndex(silences.ending_after(tx, now)))
        return known[1]

    def _sources_at(self, tx: Tx, plan: Plan, now: float) -> SourceIndex:
        if not plan.inhibit_rules:
            return SourceIndex(())
        version, known = alerts.inhibit_version(tx), self._sources
        if known is None or not known.good(plan.digest, version, now):
            index, expires_at = firing_sources(tx, self._repost_cache, plan, now)
            known = self._sources = Sources(plan.digest, version, now, expires_at, index)
        return known.index


def fingerprints(tx: Tx, identities: Sequence[str]) -> Mapping[str, str]:
    """The names that Alertmanager has for alerts, by our own for them."""
    if not identities:
        return {}
    found = alerts.by_identity(tx, identities)
    return {identity: fingerprint(alert.labels) for identity, alert in found.items()}
