"""Short stories in which the gateway differs from Alertmanager on purpose.

They verify docs/differences-from-alertmanager.md against the real one. Intervals are in seconds.
Events and ticks are at least a quarter of a second apart.
"""

from dataclasses import dataclass, field
from typing import Any

from tests.peers.stories import Event, Story

Expected = list[tuple[float, dict[str, str]]]
"""When, and which alerts with which status."""


@dataclass(frozen=True)
class Case:
    """What happens, and the notifications that follow there and here."""

    name: str
    events: list[Event]
    there: Expected
    here: Expected
    group_wait: int = 1
    group_interval: int = 2
    repeat_interval: int = 50
    inhibit_rules: list[dict[str, Any]] = field(default_factory=list)

    def story(self, url: str) -> Story:
        """Return the case as a story to play."""
        route = {
            "matchers": [f'story="{self.name}"'],
            "receiver": self.name,
            "group_by": ["kind"],
            "group_wait": f"{self.group_wait}s",
            "group_interval": f"{self.group_interval}s",
            "repeat_interval": f"{self.repeat_interval}s",
        }
        receiver = {"name": self.name, "webhook_configs": [{"url": f"{url}/{self.name}"}]}
        return Story(self.name, [route], [receiver], self.inhibit_rules, self.events)


def _fires(at: float, case: str, alert: str, began_at: float | None = None, **more: str) -> Event:
    return Event(at, {"alertname": alert, "story": case, **more}, {}, began_at)


def _ends(at: float, case: str, alert: str, began_at: float, **more: str) -> Event:
    return Event(at, {"alertname": alert, "story": case, **more}, {}, began_at, at)


def _silence(at: float, case: str, alert: str, until: float) -> Event:
    return Event(at, {"alertname": alert, "story": case}, silenced_until=until)


def _repeats() -> Case:
    name, firing = "repeats", {"A": "firing"}
    return Case(
        name,
        [_fires(0.0, name, "A")],
        there=[(1.0, firing), (5.0, firing), (9.0, firing)],
        here=[(1.0, firing), (4.0, firing), (7.0, firing), (10.0, firing)],
        repeat_interval=3,
    )


def _old_start() -> Case:
    name, firing = "old-start", {"A": "firing"}
    return Case(
        name,
        [_fires(0.0, name, "A", began_at=-60.0)],
        there=[(0.0, firing)],
        here=[(3.0, firing)],
        group_wait=3,
    )


def _between_ticks() -> Case:
    name, firing = "between-ticks", {"A": "firing"}
    return Case(
        name,
        [
            _fires(0.0, name, "A"),
            _ends(1.5, name, "A", 0.0),
            _fires(2.0, name, "A", began_at=2.0),
        ],
        there=[(1.0, firing)],
        here=[(1.0, firing), (3.0, firing)],
    )


def _silence_ends() -> Case:
    name, firing = "silence-ends", {"A": "firing"}
    return Case(
        name,
        [_fires(0.0, name, "A"), _silence(1.5, name, "A", 5.5)],
        there=[(1.0, firing)],
        here=[(1.0, firing), (5.5, firing)],
    )


def _end_in_a_silence() -> Case:
    name = "end-in-a-silence"
    return Case(
        name,
        [_fires(0.0, name, "A"), _silence(1.5, name, "A", 60.0), _ends(2.5, name, "A", 0.0)],
        there=[(1.0, {"A": "firing"})],
        here=[(1.0, {"A": "firing"}), (3.0, {"A": "resolved"})],
    )


def _end_while_inhibited() -> Case:
    name = "end-while-inhibited"
    return Case(
        name,
        [
            _fires(0.0, name, "A"),
            _fires(0.0, name, "B"),
            _fires(1.25, name, "Source", kind="source"),
            _ends(3.5, name, "A", 0.0),
        ],
        there=[(1.0, {"A": "firing", "B": "firing"}), (2.25, {"Source": "firing"})],
        here=[
            (1.0, {"A": "firing", "B": "firing"}),
            (2.25, {"Source": "firing"}),
            (5.0, {"A": "resolved", "B": "firing"}),
        ],
        inhibit_rules=[
            {
                "source_matchers": [f'story="{name}"', 'kind="source"'],
                "target_matchers": [f'story="{name}"', 'alertname="A"'],
            }
        ],
    )


def _never_notified() -> Case:
    name, firing = "never-notified", {"A": "firing"}
    return Case(
        name,
        [_fires(0.0, name, "A"), _fires(1.5, name, "B"), _ends(2.5, name, "B", 1.5)],
        there=[(1.0, firing), (3.0, {"A": "firing", "B": "resolved"})],
        here=[(1.0, firing)],
    )


def _fires_again() -> Case:
    name, firing, resolved = "fires-again", {"A": "firing"}, {"A": "resolved"}
    return Case(
        name,
        [
            _fires(0.0, name, "A"),
            _ends(1.5, name, "A", 0.0),
            _fires(5.5, name, "A", began_at=5.5),
        ],
        there=[(1.0, firing), (5.0, resolved), (9.0, firing)],
        here=[(1.0, firing), (5.0, resolved), (6.5, firing)],
        group_interval=4,
    )


CASES = [
    _repeats(),
    _old_start(),
    _between_ticks(),
    _silence_ends(),
    _end_in_a_silence(),
    _end_while_inhibited(),
    _never_notified(),
    _fires_again(),
]
LENGTH = 11.5
"""Seconds until all listed notifications have arrived."""
