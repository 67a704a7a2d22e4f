"""Alert stories to be played to two programs at once, made from a seed.

Alertmanager looks at a group at its ticks: group_wait after its first alert, and each
group_interval from then on. What happens right at a tick could be told there or one later, so
groups are born at whole seconds and change in the middle between two; what inhibits and what is
silenced changes at the quarters. What the two programs do differently on purpose is left out
(docs/differences-from-alertmanager.md): alerts that come and go between two ticks, groups that
begin again, ends of what is inhibited.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

LENGTH = 20.0
"""Seconds. A story's last event comes five seconds before, its repeats go on to the end."""

GROUP_WAIT = 1.0
REPEATS = {2: (5, 7), 3: (5, 7)}
"""By group_interval, both in seconds: never a multiple of it, which slips there now and then."""

Labels = dict[str, str]


@dataclass(frozen=True)
class Event:
    """What a source or a person does, in seconds from the start."""

    at: float
    labels: Labels
    annotations: Labels = field(default_factory=dict)
    began_at: float | None = None  # None: now
    ends_at: float | None = None  # None: it fires, with no end given
    silenced_until: float | None = None  # not an alert: a silence for these labels


@dataclass(frozen=True)
class Story:
    """Its part of a configuration, and what happens."""

    name: str
    routes: list[dict[str, Any]]
    receivers: list[dict[str, Any]]
    inhibit_rules: list[dict[str, Any]]
    events: list[Event]


@dataclass
class Life:
    """One alert from its birth to its end, if it has one."""

    labels: Labels
    born_at: float
    ends_at: float | None = None
    foretold: bool = False  # its end is said beforehand, and it is not reported again
    reworded_at: float | None = None

    def events(self) -> Iterator[Event]:
        """The reports of it."""
        words = {"summary": "as it began"}
        end = self.ends_at if self.foretold else None
        yield Event(self.born_at, self.labels, words, None, end)
        if self.reworded_at is not None:
            words = {"summary": "as it went on"}
            yield Event(self.reworded_at, self.labels, words, self.born_at, end)
        if self.ends_at is not None and not self.foretold:
            yield Event(self.ends_at, self.labels, words, self.born_at, self.ends_at)


def story(number: int, seed: int, url: str) -> Story:
    """One story of its own kind; its alerts have the label `story`, its receivers post to `url`."""
    name = f"story-{number}"
    random = Random(f"{seed} {number}")
    kind = ("plain", "plain", "continue", "no ends", "inhibited", "silenced")[number % 6]
    interval = random.choice(sorted(REPEATS))
    group_by = random.choice([["alertname"], ["alertname", "zone"], ["severity"], [], ["..."]])
    if kind in ("inhibited", "silenced"):
        group_by = ["alertname"]
    lives = list(_lives(random, name, group_by, max(REPEATS) if kind == "continue" else interval))
    rules: list[dict[str, Any]] = []
    events: list[Event] = []
    if kind == "inhibited":
        lives = [Life(life.labels, life.born_at, reworded_at=life.reworded_at) for life in lives]
        lives.append(_source(random, name))
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
        lives.append(Life({**hidden, "zone": "eu"}, 1.0))
        lives.append(Life({**hidden, "zone": "us"}, 2.5))
    routes = [_route(random, name, name, group_by, interval)]
    receivers = [_receiver(name, url, ends=kind != "no ends")]
    if kind == "continue":
        other = f"{name}-too"
        routes[0]["continue"] = True
        routes.append(_route(random, name, other, group_by, 5 - interval))
        receivers.append(_receiver(other, url, ends=True))
    events += [event for life in lives for event in life.events()]
    return Story(name, routes, receivers, rules, sorted(events, key=lambda event: event.at))


def _lives(random: Random, name: str, group_by: list[str], interval: int) -> Iterator[Life]:
    """Several alerts; those of a group end when it has been told of them, the first one last."""
    groups: dict[tuple[str, ...], list[Labels]] = {}
    for _ in range(random.randint(3, 7)):
        labels = {
            "alertname": random.choice(["SlowRenewals", "PaymentFailures"]),
            "severity": random.choice(["critical", "warning"]),
            "zone": random.choice(["eu", "us", "ap"]),
            "story": name,
        }
        wanted = sorted(labels) if group_by == ["..."] else group_by
        group = groups.setdefault(tuple(labels[label] for label in wanted), [])
        if labels not in group:
            group.append(labels)
    for first, *others in groups.values():
        born_at = float(random.randint(0, 3))
        last_birth = born_at
        for labels in others:
            last_birth = born_at + random.randint(0, 5) + 0.5
            yield _life(random, labels, last_birth, last_birth + interval + 1)
        last_birth = born_at + 5.5 if others else born_at + 0.5
        yield _life(random, first, born_at, last_birth + interval + 1)


def _life(random: Random, labels: Labels, born_at: float, ends_from: float) -> Life:
    """An alert that may be reworded, and may end, in the middle of a second from `ends_from` on."""
    life = Life(labels, born_at)
    middle = float(int(ends_from)) + 0.5
    if random.random() < 0.6:
        life.ends_at = middle + random.randint(0, max(0, int(LENGTH - 5.5 - middle)))
        life.foretold = random.random() < 0.3
    if random.random() < 0.4:
        life.reworded_at = float(int(born_at)) + 1.5
    return life


def _source(random: Random, name: str) -> Life:
    """What inhibits warnings for a while."""
    born_at = random.randint(1, 5) + 0.25
    labels = {"alertname": "DatabaseDown", "role": "source", "story": name, "severity": "critical"}
    return Life(labels, born_at, born_at + random.randint(4, 7) + 0.5)


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
    """All stories as one configuration of Alertmanager."""
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
