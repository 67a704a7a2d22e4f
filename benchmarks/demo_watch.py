"""Looks at everybody's side of the story and prints what is new, in the order it happened."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import yaml

from benchmarks.demo_causes import Causes
from benchmarks.demo_screen import Screen
from tests.endtoend.received import ReceivedMessage
from tests.endtoend.world import World

INTERVAL = 0.2
PATIENCE = 45.0
VENDORS = {"postmark": "E-mail", "slack": "Slack", "pagerduty": "PagerDuty"}
SLACK = {"post": "a new message", "update": "the message now reads", "reply": "in its thread"}

Event = tuple[float, str, str, str]
"""At unix seconds, who, what, detail."""


class TookTooLong(Exception):
    """Something did not happen that the story waits for."""


class Watch:
    """What was printed so far. Everything is read from outside, as anybody could read it."""

    def __init__(self, world: World, causes: Causes, screen: Screen) -> None:
        self._world, self._causes, self._screen = world, causes, screen
        self._received = 0
        self._timelines: dict[int, int] = {}
        self._names = _names(world.gateway.config.read_text())

    def now(self) -> float:
        """Unix seconds."""
        return time.time()

    def look(self) -> None:
        """Print what happened since the last look."""
        # Effects are read before causes: so no effect is printed whose cause was not seen yet.
        events: list[Event] = [*self._delivered()]
        events += self._decided()
        first = min((event[0] for event in events), default=time.time())
        causes = [(min(at, first), who, what, "") for at, who, what in self._causes.news()]
        events = [*causes, *events]
        for at, who, what, detail in sorted(events, key=lambda event: event[0]):
            self._screen.event(at, who, what, detail)

    def until(self, what: str, happened: Callable[[], bool], patience: float = PATIENCE) -> None:
        """Look until it happened. Raises TookTooLong after `patience` seconds."""
        deadline = time.monotonic() + patience
        while not happened():
            if time.monotonic() > deadline:
                _, state = self._world.gateway.get("/readyz")
                ill = "; ".join(state["problems"]) or "nothing is wrong"
                raise TookTooLong(f"{what}: not within {patience:g} s. The gateway says: {ill}")
            self.pause(INTERVAL)
        self.look()

    def pause(self, seconds: float) -> None:
        """Let the reader read; what happens meanwhile is printed."""
        deadline = time.monotonic() + seconds
        while True:
            self.look()
            left = deadline - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(INTERVAL, left))

    def incident(self, number: int) -> dict[str, Any]:
        """An incident as the gateway's API tells it."""
        status, found = self._world.gateway.get(f"/api/v1/incidents/{number}")
        assert status == 200, found
        return dict(found)

    def incidents(self) -> list[dict[str, Any]]:
        """All incidents, the oldest first."""
        status, found = self._world.gateway.get("/api/v1/incidents")
        assert status == 200, found
        return sorted(found["incidents"], key=lambda one: int(one["number"]))

    def _decided(self) -> Iterator[Event]:
        for one in self.incidents():
            number = one["number"]
            seen = self._timelines.get(number, 0)
            timeline = self.incident(number)["timeline"]
            self._timelines[number] = len(timeline)
            for entry in timeline[seen:]:
                at = datetime.fromisoformat(entry["at"]).timestamp()
                kind, text = entry["kind"], entry["text"]
                what = f"#{number} {text if text.startswith(kind) else f'{kind}: {text}'}"
                yield at, "Gateway", what, _places(entry["data"]) or one["title"]

    def _delivered(self) -> Iterator[Event]:
        """What the vendors took; the same words to several places are one line."""
        received = self._world.received()
        lines: dict[tuple[str, str, int, str], list[ReceivedMessage]] = {}
        for one in received[self._received :]:
            lines.setdefault((one.vendor, one.what, one.incident, one.title), []).append(one)
        self._received = len(received)
        for (vendor, what, number, title), same in lines.items():
            places = ", ".join(self._names.get(one.to, one.to) for one in same)
            told = {
                "postmark": f"to {places}:",
                "slack": f"{places}: {SLACK.get(what)}:",
                "pagerduty": f"{what} #{number}",
            }[vendor]
            # Of a reply in a thread the first sentence is enough here.
            yield same[0].at, VENDORS[vendor], told, title.partition(". ")[0]


def _names(routes: str) -> dict[str, str]:
    """Whom a Slack id means."""
    people = yaml.safe_load(routes)["people"].values()
    return {person["slack"]: f"{person['name']} directly" for person in people}


def _places(data: dict[str, Any]) -> str:
    """Where it spoke to; PagerDuty's address is a secret's name and tells nobody anything."""
    places = [place for place in str(data.get("to", "")).split(", ") if place]
    shown = [
        "PagerDuty" if place.startswith("pagerduty:") else place.partition(":")[2]
        for place in places
    ]
    return f"→ {', '.join(shown)}" if shown else ""
