"""The difference that another routes.yaml makes to people, from two impacts. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from gateway.simulate.impact import AlertImpact, Dimensions, Impact


class ChangeKind(StrEnum):
    """What becomes of alerts."""

    LOST = "lost"  # urgent ones that nobody is notified of any more
    SILENT = "silent"  # others that nobody is notified of any more
    NEW = "new"  # nobody was notified of them before
    MOVED = "moved"  # others are notified


class AlertClass(NamedTuple):
    """Alerts that are shown in one line."""

    alertname: str
    severity: str
    team: str


@dataclass(frozen=True, slots=True)
class AlertChange:
    """What becomes of `count` label sets of one class; `before` and `after` are those notified.

    `route` is the line of the new file that sends them, None without one.
    """

    kind: ChangeKind
    alerts: AlertClass
    before: tuple[str, ...]
    after: tuple[str, ...]
    receivers_before: tuple[str, ...]
    receivers_after: tuple[str, ...]
    route: int | None
    count: int


class CountChange(NamedTuple):
    """Figures of one person, team or channel."""

    name: str
    pages_before: int
    pages_after: int
    messages_before: int
    messages_after: int
    night_before: int
    night_after: int

    @property
    def changed(self) -> bool:
        """Whether any figure differs."""
        before = self.pages_before, self.messages_before, self.night_before
        return before != (self.pages_after, self.messages_after, self.night_after)


@dataclass(frozen=True, slots=True)
class Difference:
    """All that differs; `total` counts everything, also where nothing does."""

    alerts: tuple[AlertChange, ...]
    people: tuple[CountChange, ...]
    teams: tuple[CountChange, ...]
    channels: tuple[CountChange, ...]
    total: CountChange
    alerts_played: int

    @property
    def lost(self) -> tuple[AlertChange, ...]:
        """Urgent alerts that lose their last recipient."""
        return tuple(one for one in self.alerts if one.kind is ChangeKind.LOST)

    @property
    def empty(self) -> bool:
        """Whether nobody would notice the change."""
        return not (self.alerts or self.people or self.teams or self.channels)


def difference(before: Impact, after: Impact) -> Difference:
    """Compare what one recording means by two plans."""
    return Difference(
        _alert_changes(before, after),
        _changed(_counts(before, after, lambda key: key.who)),
        _changed(_counts(before, after, lambda key: key.team)),
        _changed(_counts(before, after, lambda key: key.channel)),
        next(iter(_counts(before, after, lambda key: "all")), CountChange("all", 0, 0, 0, 0, 0, 0)),
        len(before.alerts),
    )


def _alert_changes(before: Impact, after: Impact) -> tuple[AlertChange, ...]:
    changes: Counter[AlertChange] = Counter()
    for name, old in before.alerts.items():
        new = after.alerts[name]
        kind = _kind(old, new)
        if kind is not None:
            changes[_change(kind, old, new)] += 1
    counted = [
        AlertChange(
            one.kind,
            one.alerts,
            one.before,
            one.after,
            one.receivers_before,
            one.receivers_after,
            one.route,
            count,
        )
        for one, count in changes.items()
    ]
    order = list(ChangeKind)
    return tuple(sorted(counted, key=lambda one: (order.index(one.kind), one.alerts, one.after)))


def _kind(old: AlertImpact, new: AlertImpact) -> ChangeKind | None:
    if old.recipients == new.recipients:
        return None
    if not new.recipients:
        return ChangeKind.LOST if old.urgent or new.urgent else ChangeKind.SILENT
    return ChangeKind.MOVED if old.recipients else ChangeKind.NEW


def _change(kind: ChangeKind, old: AlertImpact, new: AlertImpact) -> AlertChange:
    labels = old.labels
    return AlertChange(
        kind,
        AlertClass(labels.get("alertname", ""), new.severity, labels.get("team", "")),
        tuple(sorted(old.recipients)),
        tuple(sorted(new.recipients)),
        old.receivers,
        new.receivers,
        next(iter(new.routes), None),
        0,
    )


def _counts(
    before: Impact, after: Impact, name_of: Callable[[Dimensions], str]
) -> list[CountChange]:
    sides = [_sums(impact, name_of) for impact in (before, after)]
    names = sorted({name for side in sides for name in side})
    counts = []
    for name in names:
        old, new = (side.get(name, (0, 0, 0)) for side in sides)
        counts.append(CountChange(name, old[0], new[0], old[1], new[1], old[2], new[2]))
    return counts


def _sums(impact: Impact, name_of: Callable[[Dimensions], str]) -> dict[str, tuple[int, int, int]]:
    sums: dict[str, tuple[int, int, int]] = {}
    for key, count in impact.messages.items():
        pages, messages, night = sums.get(name_of(key), (0, 0, 0))
        paged = impact.pages.get(key, 0)
        sums[name_of(key)] = pages + paged, messages + count, night + paged * key.night
    return sums


def _changed(counts: Iterable[CountChange]) -> tuple[CountChange, ...]:
    return tuple(one for one in counts if one.changed)
