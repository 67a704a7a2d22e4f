"""One query of firing alerts: which of them pass the filter, and what suppresses each."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from gateway.core.alerts.labels import Labels
from gateway.core.matching.matcher import Matcher, matches_all
from gateway.core.plan.plan import Plan
from gateway.core.routing.match import walk
from gateway.core.routing.mutes import intervals_containing
from gateway.flow.intake.repost_cache import RepostCache
from gateway.flow.queries.fingerprints import Fingerprints
from gateway.flow.queries.mute_snapshot import MuteSnapshot, fingerprints_of
from gateway.store import Tx
from gateway.store.db.statement import load
from gateway.store.queries import active_alerts
from gateway.store.queries.active_alerts import Group
from gateway.store.state import members

CACHE_SIZE = 10_000
"""Combinations of labels whose receivers one query caches; beyond it the cache is emptied."""


@dataclass(frozen=True, slots=True)
class AlertFilter:
    """Which alerts to return, by Alertmanager's names; False omits them.

    `active`: alerts that are neither silenced nor inhibited. `muted`: groups that a time interval
    mutes. `receiver` returns whether the receiver of that name is requested; None: each is.
    """

    matchers: tuple[Matcher, ...] = ()
    receiver: Callable[[str], bool] | None = None
    active: bool = True
    silenced: bool = True
    inhibited: bool = True
    muted: bool = True


class ActiveAlert(NamedTuple):
    """A firing alert. The texts are JSON as it is stored.

    `inhibited_by`: fingerprint of the inhibiting alert, or its identity while that is not known.
    """

    fingerprint: str
    labels: Labels
    labels_text: str
    annotations_text: str
    starts_at: float
    ends_at: float | None
    updated_at: float
    generator_url: str
    receivers: tuple[str, ...]
    silenced_by: tuple[str, ...] = ()
    inhibited_by: str | None = None


class GroupedAlert(NamedTuple):
    """An alert in one of its groups; `muted_by` are the intervals that mute the group."""

    group: Group
    muted_by: tuple[str, ...]
    alert: ActiveAlert


Groups = Mapping[int, tuple[Group, tuple[str, ...]]]
"""Groups by number, each with the names of the intervals that mute it."""


class AlertQuery:
    """A query at one moment. Used by one reader's thread at a time, page after page."""

    def __init__(
        self,
        alert_filter: AlertFilter,
        plan: Plan,
        repost_cache: RepostCache,
        fingerprints: Fingerprints,
        mute_snapshot: Callable[[Tx], MuteSnapshot],
        now: float,
    ) -> None:
        self.alert_filter = alert_filter
        self.plan = plan
        self.now = now
        self._repost_cache = repost_cache
        self._fingerprints = fingerprints
        self._mute_snapshots = mute_snapshot
        self._mutes: MuteSnapshot | None = None  # one for the whole answer
        routes = (*walk(plan.root), *plan.drill_routes.values())
        self._names = sorted({m.name for route in routes for m in route.matchers})
        self._receivers: dict[tuple[str | None, ...], tuple[str, ...]] = {}

    def alerts(self, tx: Tx, serials: Sequence[int]) -> list[ActiveAlert]:
        """Return those of the alerts that are firing and pass the filter."""
        accepts = self.alert_filter.receiver
        matches = self._matches(tx, serials).values()
        return [one for one in matches if accepts is None or any(map(accepts, one.receivers))]

    def groups(self, tx: Tx, numbers: Sequence[int]) -> Groups:
        """Return the groups that pass the filter, by number."""
        passing = {}
        accepts = self.alert_filter.receiver
        for number, group in active_alerts.groups(tx, numbers).items():
            muted_by = self._muted_by(group.route_id)
            if (self.alert_filter.muted or not muted_by) and (
                accepts is None or accepts(group.receiver)
            ):
                passing[number] = group, muted_by
        return passing

    def grouped(
        self,
        tx: Tx,
        pairs: Sequence[tuple[int, int]],
        groups: Groups,
    ) -> list[GroupedAlert]:
        """Return the matching alerts of pairs of group number and serial, in that order."""
        matches = self._matches(tx, sorted({serial for _, serial in pairs}))
        return [
            GroupedAlert(*groups[number], matches[serial])
            for number, serial in pairs
            if serial in matches
        ]

    def _matches(self, tx: Tx, serials: Sequence[int]) -> dict[int, ActiveAlert]:
        alert_filter, now, ends = self.alert_filter, self.now, self._repost_cache.ends_at
        fingerprint_of = self._fingerprints.reader()
        mute_snapshot = self._mutes = self._mutes or self._mute_snapshots(tx)
        matches: dict[int, ActiveAlert] = {}
        extended: dict[str, int] = {}  # firing by the cached end only
        for (
            serial, identity, labels_text, annotations, starts_at, stored, url, updated_at
        ) in active_alerts.rows(tx, serials):  # fmt: skip
            ends_at = ends(identity, stored, updated_at)
            if ends_at is not None and ends_at <= now:
                continue
            labels: Labels = load(labels_text)
            if alert_filter.matchers and not matches_all(alert_filter.matchers, labels):
                continue
            silenced_by, inhibited_by = (
                mute_snapshot.silenced_by(labels),
                mute_snapshot.inhibited_by(labels),
            )
            if not self._passes(silenced=bool(silenced_by), inhibited=inhibited_by is not None):
                continue
            if stored is not None and stored <= now:
                extended[identity] = serial
            matches[serial] = ActiveAlert(
                fingerprint_of(serial, labels), labels, labels_text, annotations,
                starts_at, ends_at, updated_at, url,
                self._receivers_of(labels), silenced_by, inhibited_by,
            )  # fmt: skip
        if extended:
            # Their stored end has passed, and the cache has a later one or, after a start, assumes
            # one. An alert that resolved before that start is in no open incident.
            still_firing = members.open_numbers_of(tx, list(extended))
            for identity in extended.keys() - still_firing.keys():
                del matches[extended[identity]]
        return _with_fingerprints(tx, matches)

    def _passes(self, *, silenced: bool, inhibited: bool) -> bool:
        alert_filter = self.alert_filter
        if not (silenced or inhibited):
            return alert_filter.active
        return (alert_filter.silenced or not silenced) and (alert_filter.inhibited or not inhibited)

    def _receivers_of(self, labels: Labels) -> tuple[str, ...]:
        """Return the receivers of an alert, in the order of the routes."""
        key = tuple([labels.get(name) for name in self._names])
        receivers = self._receivers.get(key)
        if receivers is None:
            if len(self._receivers) >= CACHE_SIZE:
                self._receivers.clear()
            routes = self.plan.routes_of(labels)
            receivers = tuple(dict.fromkeys(one.receiver for one in routes))
            self._receivers[key] = receivers
        return receivers

    def _muted_by(self, route_id: str) -> tuple[str, ...]:
        """Return the mute intervals that contain now, or all active ones if none of those does."""
        route = self.plan.routes.get(route_id)
        if route is None:
            return ()
        intervals, active = self.plan.time_intervals, route.active_time_intervals
        muted = intervals_containing(route.mute_time_intervals, intervals, self.now)
        if muted or not active or intervals_containing(active, intervals, self.now):
            return muted
        return active


def _with_fingerprints(tx: Tx, matches: dict[int, ActiveAlert]) -> dict[int, ActiveAlert]:
    """Return the alerts with `inhibited_by` as fingerprints where they are known."""
    sources: Iterable[str | None] = {one.inhibited_by for one in matches.values()}
    names = fingerprints_of(tx, [identity for identity in sources if identity is not None])
    if not names:
        return matches
    return {
        serial: one
        if one.inhibited_by is None
        else one._replace(inhibited_by=names.get(one.inhibited_by, one.inhibited_by))
        for serial, one in matches.items()
    }
