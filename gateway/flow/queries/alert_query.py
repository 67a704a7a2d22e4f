"""A look at alerts that burn: which of them were asked for, and how each of them stands."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from gateway.core.alerts.labels import Labels
from gateway.core.matching.matcher import Matcher, matches_all
from gateway.core.plan.plan import Plan
from gateway.core.routing.match import match_routes, walk
from gateway.core.routing.mutes import intervals_containing
from gateway.flow.intake.repost_cache import RepostCache
from gateway.flow.queries.fingerprints import Fingerprints
from gateway.flow.queries.mute_snapshot import MuteSnapshot, fingerprints
from gateway.store import Tx
from gateway.store.db.statement import load
from gateway.store.queries import active_alerts
from gateway.store.queries.active_alerts import Group
from gateway.store.state import members

CACHE_SIZE = 10_000
"""Combinations of labels whose receivers are remembered during one look."""


@dataclass(frozen=True, slots=True)
class AlertFilter:
    """Which alerts, in Alertmanager's words; False leaves out.

    `active`: those that nothing keeps quiet. `silenced`, `inhibited`: those that are. `muted`:
    groups that a time interval mutes. `receiver` tells of a receiver's name whether it is meant.
    """

    matchers: tuple[Matcher, ...] = ()
    receiver: Callable[[str], bool] | None = None
    active: bool = True
    silenced: bool = True
    inhibited: bool = True
    muted: bool = True


class ActiveAlert(NamedTuple):
    """An alert that burns. The texts are JSON as it is stored.

    `inhibited_by`: the fingerprint of the alert that does, once it is known; else its identity.
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
    """An alert in one of its groups; the names are those of the intervals that mute the group."""

    group: Group
    muted_by: tuple[str, ...]
    alert: ActiveAlert


Groups = Mapping[int, tuple[Group, tuple[str, ...]]]
"""Groups by number, each with the names of the intervals that mute it."""


class AlertQuery:
    """One question at one moment. Used by one thread at a time."""

    def __init__(
        self,
        alert_filter: AlertFilter,
        plan: Plan,
        repost_cache: RepostCache,
        names: Fingerprints,
        mute_snapshot: Callable[[Tx], MuteSnapshot],
        now: float,
    ) -> None:
        self.alert_filter = alert_filter
        self.plan = plan
        self.now = now
        self._repost_cache = repost_cache
        self._fingerprints = names
        self._mute_snapshots = mute_snapshot
        self._mutes: MuteSnapshot | None = None  # one for the whole answer
        self._names = sorted({m.name for route in walk(plan.root) for m in route.matchers})
        self._receivers: dict[tuple[str | None, ...], tuple[str, ...]] = {}

    def alerts(self, tx: Tx, serials: Sequence[int]) -> list[ActiveAlert]:
        """Those of the alerts that burn and were asked for."""
        accepts = self.alert_filter.receiver
        found = self._seen(tx, serials).values()
        return [seen for seen in found if accepts is None or any(map(accepts, seen.receivers))]

    def groups(self, tx: Tx, numbers: Sequence[int]) -> Groups:
        """Those of the groups that were asked for, by number, each with what mutes it."""
        found = {}
        for number, group in active_alerts.groups(tx, numbers).items():
            muted_by = self._muted_by(group.route_id)
            accepts = self.alert_filter.receiver
            if (self.alert_filter.muted or not muted_by) and (
                accepts is None or accepts(group.receiver)
            ):
                found[number] = group, muted_by
        return found

    def grouped(
        self,
        tx: Tx,
        pairs: Sequence[tuple[int, int]],
        groups: Groups,
    ) -> list[GroupedAlert]:
        """The alerts of pairs of number and serial that burn and were asked for, in that order."""
        seen = self._seen(tx, sorted({serial for _, serial in pairs}))
        return [GroupedAlert(*groups[number], seen[one]) for number, one in pairs if one in seen]

    def _seen(self, tx: Tx, serials: Sequence[int]) -> dict[int, ActiveAlert]:
        alert_filter, now, ends = self.alert_filter, self.now, self._repost_cache.ends_at
        fingerprint_of = self._fingerprints.reader()
        mute_snapshot = self._mutes = self._mutes or self._mute_snapshots(tx)
        found: dict[int, ActiveAlert] = {}
        doubtful: dict[str, int] = {}
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
            if not self._wanted(bool(silenced_by), inhibited_by is not None):
                continue
            if stored is not None and stored <= now:
                doubtful[identity] = serial
            found[serial] = ActiveAlert(
                fingerprint_of(serial, labels), labels, labels_text, annotations,
                starts_at, ends_at, updated_at, url,
                self._receivers_of(labels), silenced_by, inhibited_by,
            )  # fmt: skip
        if doubtful:
            # They ended by what is stored, and go on by what this process remembers or, after a
            # start, assumes. An alert that had ended before that start is in no open incident.
            going_on = members.open_numbers_of(tx, list(doubtful))
            for identity in doubtful.keys() - going_on.keys():
                del found[doubtful[identity]]
        return _with_fingerprints(tx, found)

    def _wanted(self, silenced: bool, inhibited: bool) -> bool:
        alert_filter = self.alert_filter
        if not (silenced or inhibited):
            return alert_filter.active
        return (alert_filter.silenced or not silenced) and (alert_filter.inhibited or not inhibited)

    def _receivers_of(self, labels: Labels) -> tuple[str, ...]:
        """The receivers, in the order of the routes; equal for all that routes see as equal."""
        key = tuple([labels.get(name) for name in self._names])
        found = self._receivers.get(key)
        if found is None:
            if len(self._receivers) >= CACHE_SIZE:
                self._receivers.clear()
            routes = match_routes(self.plan.root, labels)
            found = self._receivers[key] = tuple(dict.fromkeys(one.receiver for one in routes))
        return found

    def _muted_by(self, route_id: str) -> tuple[str, ...]:
        """The mute intervals that hold now, or all active ones while none of them does."""
        route = self.plan.routes.get(route_id)
        if route is None:
            return ()
        intervals, active = self.plan.time_intervals, route.active_time_intervals
        muted = intervals_containing(route.mute_time_intervals, intervals, self.now)
        if muted or not active or intervals_containing(active, intervals, self.now):
            return muted
        return active


def _with_fingerprints(tx: Tx, found: dict[int, ActiveAlert]) -> dict[int, ActiveAlert]:
    sources: Iterable[str | None] = {seen.inhibited_by for seen in found.values()}
    names = fingerprints(tx, [identity for identity in sources if identity is not None])
    if not names:
        return found
    return {
        serial: seen
        if seen.inhibited_by is None
        else seen._replace(inhibited_by=names.get(seen.inhibited_by, seen.inhibited_by))
        for serial, seen in found.items()
    }
