"""Alerts that mute others while they fire (Alertmanager's ``inhibit_rules``).

A firing source mutes a target when both have the same values for the `equal` labels. An alert
that fits both sides of a rule is muted only by sources that do not: so none mutes itself, and
no two mute each other. The gateway's own alerts mute nothing and are not muted. Tests mute tests
only, and only tests mute them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from gateway.core.alerts.labels import Labels, identity
from gateway.core.alerts.own_alerts import is_own_alert
from gateway.core.alerts.source_labels import TEST_VALUE, is_test
from gateway.core.matching.matcher import Matcher, matches_all


class EqualLabel(NamedTuple):
    """A label of the source and one of the target whose values must be the same."""

    source: str
    target: str

    def __str__(self) -> str:
        return self.source if self.source == self.target else f"{self.source} = {self.target}"


def same_labels(*names: str) -> tuple[EqualLabel, ...]:
    """Return labels that have one name on both sides, as in Alertmanager."""
    return tuple(EqualLabel(name, name) for name in names)


@dataclass(frozen=True, slots=True)
class InhibitRule:
    """Which sources mute which targets; for `equal`, an absent label is an empty one."""

    name: str
    source: tuple[Matcher, ...]
    target: tuple[Matcher, ...]
    equal: tuple[EqualLabel, ...] = ()

    def source_values(self, labels: Labels) -> tuple[str, ...]:
        """Return the values of a source that a target must have in common with it."""
        values = [labels.get(source, "") for source, _ in self.equal]
        return (*values, TEST_VALUE) if is_test(labels) else tuple(values)

    def target_values(self, labels: Labels) -> tuple[str, ...]:
        """Return the values of a target that a source must have in common with it."""
        values = [labels.get(target, "") for _, target in self.equal]
        return (*values, TEST_VALUE) if is_test(labels) else tuple(values)


@dataclass(slots=True)
class _Sources:
    """The firing sources of one rule with the same values for its `equal` labels.

    Dictionaries keep their order: the source that mutes stays the same while it fires.
    """

    one_sided: dict[str, None]
    two_sided: dict[str, None]


class Inhibitor(NamedTuple):
    """The rule that mutes an alert, and the identity of the firing source."""

    rule: InhibitRule
    identity: str


class SourceIndex:
    """The firing sources of all rules, indexed by the values of `equal` labels."""

    def __init__(self, rules: Iterable[InhibitRule]) -> None:
        self._rules = tuple(rules)
        self._sources: tuple[dict[tuple[str, ...], _Sources], ...] = tuple({} for _ in self._rules)
        self._positions: dict[str, list[tuple[int, tuple[str, ...]]]] = {}

    def __len__(self) -> int:
        return len(self._positions)

    def add(self, identity: str, labels: Labels) -> None:
        """Add an alert that fires; adding it again changes nothing."""
        if identity in self._positions or is_own_alert(labels):
            return
        positions = []
        for at, rule in enumerate(self._rules):
            if matches_all(rule.source, labels):
                key = rule.source_values(labels)
                sources = self._sources[at].setdefault(key, _Sources({}, {}))
                both = matches_all(rule.target, labels)
                (sources.two_sided if both else sources.one_sided)[identity] = None
                positions.append((at, key))
        if positions:
            self._positions[identity] = positions

    def remove(self, identity: str) -> None:
        """Remove an alert that has ended; it need not be a source."""
        for at, key in self._positions.pop(identity, ()):
            sources = self._sources[at][key]
            sources.one_sided.pop(identity, None)
            sources.two_sided.pop(identity, None)
            if not (sources.one_sided or sources.two_sided):
                del self._sources[at][key]

    def inhibitor(self, labels: Labels) -> Inhibitor | None:
        """Return the first rule that mutes an alert with its source, or None."""
        if is_own_alert(labels):
            return None
        for rule, sources_by_values in zip(self._rules, self._sources, strict=True):
            if not sources_by_values or not matches_all(rule.target, labels):
                continue
            sources = sources_by_values.get(rule.target_values(labels))
            if sources is None:
                continue
            if sources.one_sided:
                return Inhibitor(rule, next(iter(sources.one_sided)))
            if sources.two_sided and not matches_all(rule.source, labels):
                return Inhibitor(rule, next(iter(sources.two_sided)))
        return None


class InhibitingAlert(NamedTuple):
    """The rule that mutes an alert, and the labels of the firing source."""

    rule: InhibitRule
    labels: Labels


def find_inhibitor(
    rules: Iterable[InhibitRule], alert_labels: Labels, sources: Iterable[Labels]
) -> InhibitingAlert | None:
    """Return the first rule that mutes an alert and the firing source's labels, or None.

    For a single question; `SourceIndex` answers many.
    """
    index = SourceIndex(rules)
    by_identity = {identity(labels): labels for labels in sources}
    for name, labels in by_identity.items():
        index.add(name, labels)
    answer = index.inhibitor(alert_labels)
    return None if answer is None else InhibitingAlert(answer.rule, by_identity[answer.identity])
