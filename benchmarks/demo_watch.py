"""Watcher of the demonstration: prints the news of all sides in the order of events."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import yaml

from benchmarks.demo_causes import Causes
from benchmarks.demo_screen import Screen
from gateway.core.incidents.timeline import TimelineKind
from tests.endtoend.received import ReceivedMessage
from tests.endtoend.world import World

INTERVAL = 0.2
"""Seconds between two readings of all sides."""
DEADLINE = 45.0
"""Seconds to wait for one event of the story."""
VENDORS = {"postmark": "E-mail", "slack": "Slack", "pagerduty": "PagerDuty"}
SLACK = {"post": "a new message", "update": "the message now reads", "reply": "in its thread"}

Event = tuple[float, str, str, str]
"""Unix seconds, who acted, what happened, and detail."""


class StoryTimeoutError(Exception):
    """An event that the story waits for did not happen."""


class Watch:
    """Reads all sides from outside, as anyone could, and prints what is new."""

    def __init__(self, world: World, causes: Causes, screen: Screen) -> None:
        self._world, self._causes, self._screen = world, causes, screen
        self._received = 0
        self._timelines: dict[int, int] = {}
        self._names = _names(world.gateway.config.read_text())

    def now(self) -> float:
        """Return the unix time."""
        return time.time()

    def print_news(self) -> None:
        """Print what happened since the last call."""
        # Effects are read before causes, so that each cause is printed before its effect.
        events: list[Event] = [*self._delivered()]
        events += self._decided()
        first = min((event[0] for event in events), default=time.time())
        causes = [(min(at, first), who, what, "") for at, who, what in self._causes.news()]
        events = [*causes, *events]
        for at, who, what, detail in sorted(events, key=lambda event: event[0]):
            self._screen.event(at, who, what, detail)

    def until(self, what: str, happened: Callable[[], bool], patience: float = DEADLINE) -> None:
        """Print news until `happened`. Raises StoryTimeoutError after `patience` seconds."""
        deadline = time.monotonic() + patience
        while not happened():
            if time.monotonic() > deadline:
                _, state = self._world.gateway.get("/readyz")
                ill = "; ".join(state["problems"]) or "nothing is wrong"
                raise StoryTimeoutError(
                    f"{what}: not within {patience:g} s. The gateway says: {ill}"
                )
            self.pause(INTERVAL)
        self.print_news()

    def pause(self, seconds: float) -> None:
        """Print news for so many seconds, so that the reader can follow."""
        deadline = time.monotonic() + seconds
        while True:
            self.print_news()
            left = deadline - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(INTERVAL, left))

    def incident(self, number: int) -> dict[str, Any]:
        """Return an incident from the gateway's API."""
        status, content = self._world.gateway.get(f"/api/v1/incidents/{number}")
        assert status == 200, content
        return dict(content)

    def incidents(self) -> list[dict[str, Any]]:
        """Return all incidents, the oldest first."""
        status, content = self._world.gateway.get("/api/v1/incidents")
        assert status == 200, content
        return sorted(content["incidents"], key=lambda one: int(one["number"]))

    def _decided(self) -> Iterator[Event]:
        for one in self.incidents():
            number = one["number"]
            seen = self._timelines.get(number, 0)
            timeline = self.incident(number)["timeline"]
            self._timelines[number] = len(timeline)
            for entry in timeline[seen:]:
                at = datetime.fromisoformat(entry["at"]).timestamp()
                kind, text = TimelineKind(entry["kind"]).label, entry["text"]
                what = f"#{number} {text if text.startswith(kind) else f'{kind}: {text}'}"
                yield at, "Gateway", what, _targets_text(entry["data"]) or one["title"]

    def _delivered(self) -> Iterator[Event]:
        """Yield the delivered messages; the same text to several targets is one event."""
        received = self._world.received()
        lines: dict[tuple[str, str, int, str], list[ReceivedMessage]] = {}
        for one in received[self._received :]:
            lines.setdefault((one.vendor, one.what, one.incident, one.title), []).append(one)
        self._received = len(received)
        for (vendor, what, number, title), same in lines.items():
            targets = ", ".join(self._names.get(one.to, one.to) for one in same)
            text = {
                "postmark": f"to {targets}:",
                "slack": f"{targets}: {SLACK.get(what)}:",
                "pagerduty": f"{what} #{number}",
            }[vendor]
            # Of a reply in a thread the first sentence is enough here.
            yield same[0].at, VENDORS[vendor], text, title.partition(". ")[0]


def _names(routes: str) -> dict[str, str]:
    """Return the people's names by Slack id."""
    people = yaml.safe_load(routes)["people"].values()
    return {person["slack"]: f"{person['name']} directly" for person in people}


def _targets_text(data: dict[str, Any]) -> str:
    """Return the notified targets; PagerDuty without its address, which names a secret."""
    targets = [target for target in str(data.get("to", "")).split(", ") if target]
    shown = [
        "PagerDuty" if target.startswith("pagerduty:") else target.partition(":")[2]
        for target in targets
    ]
    return f"→ {', '.join(shown)}" if shown else ""
