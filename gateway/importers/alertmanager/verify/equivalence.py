"""Equivalence of the new file and the old one: both get the same samples."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from gateway.config.load import Config
from gateway.core.alerts.labels import Labels
from gateway.core.matching.text import write_labels
from gateway.core.routing.inhibition import InhibitRule, find_inhibitor
from gateway.core.routing.match import Route, group_labels, match_routes, walk
from gateway.core.routing.mutes import TimeInterval
from gateway.core.time.timestamps import format_rfc3339
from gateway.importers.alertmanager.read.source_config import SourceConfig
from gateway.importers.alertmanager.verify.label_sets import (
    fulfilling_labels,
    mutate_labels,
    route_paths,
)
from gateway.importers.alertmanager.verify.samples import Samples, instant_near

SAMPLE_COUNT = 5000
"""How many label sets, pairs of alerts and instants are compared. More take longer."""

_VALUES = ("a", "b", "c", "")


@dataclass(slots=True)
class EquivalenceReport:
    """What was compared, how often, and the first difference, "" without one.

    `unreached` are routes that no label set ended in, by their lines in the old file; `untried` are
    patterns that no value was found for.
    """

    label_sets: int = 0
    routes: int = 0
    unreached: list[int] = field(default_factory=list)
    untried: list[str] = field(default_factory=list)
    pairs: int = 0
    inhibited: int = 0
    rules: int = 0
    omitted: int = 0
    intervals: int = 0
    instants: int = 0
    difference: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the report for ``--json``."""
        return {
            "same": not self.difference,
            **{name: getattr(self, name) for name in self.__slots__ if name != "difference"},
            "difference": self.difference or None,
        }


def check_equivalence(
    source_config: SourceConfig, config: Config, sample_count: int = SAMPLE_COUNT, seed: int = 1
) -> EquivalenceReport:
    """Compare routes, inhibition and mutes of both files; stop at a difference.

    The same seed makes the same samples.
    """
    random = Random(seed)  # noqa: S311  # no secret comes of it
    report = EquivalenceReport()
    plan = config.plan
    translated_rules = [one.rule for one in source_config.inhibition if one.rule is not None]
    report.omitted = len(source_config.inhibition) - len(translated_rules)
    checks = (
        _settings(source_config, config),
        _routing(source_config.root, plan.root, random, sample_count, report),
        _inhibition(translated_rules, plan.inhibit_rules, random, sample_count, report),
        _time(source_config, config, random, sample_count, report),
    )
    for check in checks:
        report.difference = next(check, "")
        if report.difference:
            break
    return report


def _settings(source_config: SourceConfig, config: Config) -> Iterator[str]:
    """Yield differences in settings that a file has once."""
    if config.plan.severities:
        yield "the new file has severities, which change intervals"
    receivers = {item.value.get("name") for item in source_config.entry.list_of("receivers")}
    if receivers != set(config.plan.receivers):
        yield f"receivers: {sorted(receivers)} there, {sorted(config.plan.receivers)} here"
    old, new = max(source_config.resolve_timeout, 0.001), config.plan.resolve_timeout
    if old != new:
        yield f"resolve_timeout: {old:g} s there, {new:g} s here"


def _routing(
    old: Route, new: Route, random: Random, sample_count: int, report: EquivalenceReport
) -> Iterator[str]:
    """Yield differences in where label sets go, and how they are grouped and notified."""
    every = [*route_paths(old)]
    matchers = {one for route in (*walk(old), *walk(new)) for one in route.matchers}
    pool = sorted(matchers, key=str)
    samples = Samples(random)
    report.untried = [str(one) for one in pool if samples.fulfilling(one) is None]
    report.routes = len(every)
    reached_ids: set[str] = set()
    for number in range(max(sample_count, len(every))):
        # Each route at least once, however many there are.
        route, path = every[number] if number < len(every) else random.choice(every)
        labels = fulfilling_labels(path, samples)
        mutate_labels(labels, pool, samples, random)
        for name in (*route.group_by, "alertname"):
            if name not in labels and (value := random.choice(_VALUES)):
                labels[name] = value
        report.label_sets += 1
        routes = match_routes(old, labels)
        reached_ids.update(one.id for one in routes)
        outcomes = [_outcomes(routes, labels), _outcomes(match_routes(new, labels), labels)]
        if outcomes[0] != outcomes[1]:
            yield f"{write_labels(labels)} goes to {outcomes[0]} there, to {outcomes[1]} here"
    report.unreached = [one.line or 0 for one in walk(old) if one.id not in reached_ids]


def _outcomes(routes: Sequence[Route], labels: Labels) -> list[dict[str, Any]]:
    """Return the outcome for an alert, so that it can be compared and read."""
    return [
        {
            "receiver": one.receiver,
            "group": group_labels(one, labels),
            "group_wait": one.group_wait,
            "group_interval": one.group_interval,
            "repeat_interval": one.repeat_interval,
            "mute": one.mute_time_intervals,
            "active": one.active_time_intervals,
            "labels": dict(one.labels),
        }
        for one in routes
    ]


def _inhibition(
    old: Sequence[InhibitRule],
    new: Sequence[InhibitRule],
    random: Random,
    sample_count: int,
    report: EquivalenceReport,
) -> Iterator[str]:
    """Yield differences in which alert mutes which."""
    report.rules = len(old)
    if len(old) != len(new):
        yield f"{len(old)} inhibit rules there, {len(new)} here"
    samples = Samples(random)
    pool = [one for rule in old for one in (*rule.source, *rule.target)]
    for _ in range(sample_count if old else 0):
        rule = random.choice(old)
        source, target = (
            fulfilling_labels(rule.source, samples),
            fulfilling_labels(rule.target, samples),
        )
        if random.random() < 0.5:
            mutate_labels(random.choice((source, target)), pool, samples, random)
        for equal in rule.equal:
            value = random.choice(_VALUES)
            for labels, name in zip((source, target), equal, strict=True):
                # Now and then they are not equal, and now and then there is no such label.
                if random.random() < 0.9:
                    labels.setdefault(name, value)
        report.pairs += 1
        outcomes = [find_inhibitor(rules, target, [source]) is not None for rules in (old, new)]
        report.inhibited += outcomes[0]
        if outcomes[0] != outcomes[1]:
            pair = f"{write_labels(source)} keeps {write_labels(target)} quiet"
            yield f"{pair}: {outcomes[0]} there, {outcomes[1]} here"


def _time(
    source_config: SourceConfig,
    config: Config,
    random: Random,
    sample_count: int,
    report: EquivalenceReport,
) -> Iterator[str]:
    """Yield differences in when time intervals hold."""
    old, new = source_config.intervals, config.plan.time_intervals
    report.intervals = len(old)
    if old.keys() != new.keys():
        yield f"time intervals: {sorted(old)} there, {sorted(new)} here"
    for _ in range(sample_count if old else 0):
        name = random.choice(sorted(old))
        t = instant_near(random.choice([*old[name], *new[name], TimeInterval()]), random)
        report.instants += 1
        outcomes = [any(one.contains(t) for one in each[name]) for each in (old, new)]
        if outcomes[0] != outcomes[1]:
            instant = format_rfc3339(t, milliseconds=False)
            yield f"time interval {name} at {instant}: {outcomes[0]} there, {outcomes[1]} here"
