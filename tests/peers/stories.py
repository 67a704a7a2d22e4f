"""Generated alert stories to play to two programs.

Alertmanager evaluates a group at its ticks: group_wait after its first alert, and each
group_interval after that. An event right at a tick could be notified then or one tick later, so
groups start at whole seconds and change in the middle between two; inhibiting and silenced alerts
change at the quarters. Documented differences (docs/differences-from-alertmanager.md) are left
out: alerts that fire and resolve between two ticks, groups that fire again, ends of inhibited
alerts.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

LENGTH = 20.0
"""Seconds. A story's last event comes five seconds before; its repeats continue to the end."""

GROUP_WAIT = 1.0
REPEATS = {2: (5, 7), 3: (5, 7)}
"""By group_interval, in seconds: never a multiple of it, which Alertmanager sometimes delays."""

Labels = dict[str, str]


@dataclass(frozen=True)
class Event:
    """An act of a source or a person, in seconds from the start."""

    at: float
    labels: Labels
    annotations: Labels = field(default_factory=dict)
    began_at: float | None = None  # None: now
    ends_at: float | None = None  # None: it fires, without an end
    silenced_until: float | None = None  # not an alert: a silence for these labels


@dataclass(frozen=True)
class Story:
    """A part of a configuration, and its events."""

    name: str
    routes: list[dict[str, Any]]
    receivers: list[dict[str, Any]]
    inhibit_rules: list[dict[str, Any]]
    events: list[Event]


@dataclass
class PlannedAlert:
    """One alert from its start to its end, if it has one."""

    labels: Labels
    starts_at: float
    ends_at: float | None = None
    announced: bool = False  # reported once, with its end in the future
    reworded_at: float | None = None

    def events(self) -> Iterator[Event]:
        """Yield its reports."""
        annotations = {"summary": "as it began"}
        end = self.ends_at if self.announced else None
        yield Event(self.starts_at, self.labels, annotations, None, end)
        if self.reworded_at is not None:
            annotations = {"summary": "as it went on"}
            yield Event(self.reworded_at, self.labels, annotations, self.starts_at, end)
        if self.ends_at is not None and not self.announced:
            yield Event(self.ends_at, self.labels, annotations, self.starts_at, self.ends_at)


def story(number: int, seed: int, url: str) -> Story:
    """Return a story whose alerts have the label `story` and whose receivers post to `url`."""
    name = f"story-{number}"
    random = Random(f"{seed} {number}")
    kind = ("plain", "plain", "continue", "no ends", "inhibited", "silenced")[number % 6]
    interval = random.choice(sorted(REPEATS))
    group_by = random.choice([["alertname"], ["alertname", "zone"], ["severity"], [], ["..."]])
    if kind in ("inhibited", "silenced"):
        group_by = ["alertname"]
    alerts = list(
        _planned_alerts(random, name, group_by, max(REPEATS) if kind == "continue" else interval)
    )
    rules: list[dict[str, Any]] = []
    events: list[Event] = []
    if kind == "inhibited":
        alerts = [
            PlannedAlert(alert.labels, alert.starts_at, reworded_at=alert.reworded_at)
            for alert in alerts
        ]
        alerts.append(_source(random, name))
        rules.append(
            {
                "source_matchers": [f'story="{name}"', 'role="source"'],
                "target_matchers": [f'story="{name}"', 'severity="warning"'],
                "equal": ["story"],
            }
        )
    elif kind == "silenced":
        hidden = {"alertname": "Hidden", "story": name}
        ends_at = random.randint(4, 9) + 0.75
        events.append(Event(0.0, hidden, silenced_until=ends_at))
        alerts.append(PlannedAlert({**hidden, "zone": "eu"}, 1.0))
        alerts.append(PlannedAlert({**hidden, "zone": "us"}, 2.5))
    routes = [_route(random, name, name, group_by, interval)]
    receivers = [_receiver(name, url, ends=kind != "no ends")]
    if kind == "continue":
        other = f"{name}-too"
        routes[0]["continue"] = True
        routes.append(_route(random, name, other, group_by, 5 - interval))
        receivers.append(_receiver(other, url, ends=True))
    events += [event for alert in alerts for event in alert.events()]
    return Story(name, routes, receivers, rules, sorted(events, key=lambda event: event.at))


def _planned_alerts(
    random: Random, name: str, group_by: list[str], interval: int
) -> Iterator[PlannedAlert]:
    """Yield alerts; those of a group end after its notification, the first one last."""
    groups: dict[tuple[str, ...], list[Labels]] = {}
    for _ in range(random.randint(3, 7)):
        labels = {
            "alertname": random.choice(["SlowRenewals", "PaymentFailures"]),
            "severity": random.choice(["critical", "warning"]),
            "zone": random.choice(["eu", "us", "ap"]),
            "story": name,
        }
        expected = sorted(labels) if group_by == ["..."] else group_by
        group = groups.setdefault(tuple(labels[label] for label in expected), [])
        if labels not in group:
            group.append(labels)
    for first, *others in groups.values():
        starts_at = float(random.randint(0, 3))
        last_start = starts_at
        for labels in others:
            last_start = starts_at + random.randint(0, 5) + 0.5
            yield _planned_alert(random, labels, last_start, last_start + interval + 1)
        last_start = starts_at + 5.5 if others else starts_at + 0.5
        yield _planned_alert(random, first, starts_at, last_start + interval + 1)


def _planned_alert(
    random: Random, labels: Labels, starts_at: float, ends_from: float
) -> PlannedAlert:
    """Return an alert that may change its text, and may end mid-second after `ends_from`."""
    alert = PlannedAlert(labels, starts_at)
    middle = float(int(ends_from)) + 0.5
    if random.random() < 0.6:
        alert.ends_at = middle + random.randint(0, max(0, int(LENGTH - 5.5 - middle)))
        alert.announced = random.random() < 0.3
    if random.random() < 0.4:
        alert.reworded_at = float(int(starts_at)) + 1.5
    return alert


def _source(random: Random, name: str) -> PlannedAlert:
    """Return an alert that inhibits warnings for a while."""
    starts_at = random.randint(1, 5) + 0.25
    labels = {"alertname": "DatabaseDown", "role": "source", "story": name, "severity": "critical"}
    return PlannedAlert(labels, starts_at, starts_at + random.randint(4, 7) + 0.5)


def _route(
    random: Random, name: str, receiver: str, group_by: list[str], interval: int
) -> dict[str, Any]:
    return {
        "matchers": [f'story="{name}"'],
        "receiver": receiver,
        "group_by": group_by,
        "group_wait": f"{GROUP_WAIT:g}s",
        "group_interval": f"{interval}s",
        "repeat_interval": f"{random.choice(REPEATS[interval])}s",
    }


def _receiver(name: str, url: str, *, ends: bool) -> dict[str, Any]:
    return {"name": name, "webhook_configs": [{"url": f"{url}/{name}", "send_resolved": ends}]}


def configuration(stories: list[Story], url: str) -> dict[str, Any]:
    """Return all stories as one configuration of Alertmanager."""
    return {
        "route": {
            "receiver": "nobody",
            "routes": [route for one in stories for route in one.routes],
        },
        "receivers": [
            {"name": "nobody", "webhook_configs": [{"url": f"{url}/nobody"}]},
            *(receiver for one in stories for receiver in one.receivers),
        ],
        "inhibit_rules": [rule for one in stories for rule in one.inhibit_rules],
    }
