"""Repeats that Alertmanager sends late: at its next tick of `group_interval`."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import Any

from gateway.core.routing.match import Route, walk
from gateway.core.time.timestamps import format_duration


@dataclass(frozen=True, slots=True)
class LateRepeat:
    """A route whose repeats come later in Alertmanager than here. Intervals are seconds."""

    line: int | None
    receiver: str
    group_interval: float
    repeat_interval: float

    @property
    def in_alertmanager(self) -> float:
        """When its repeats come there: the next whole multiple of the group interval."""
        return ceil(self.repeat_interval / self.group_interval) * self.group_interval

    def __str__(self) -> str:
        repeat, tick, late = (
            format_duration(seconds)
            for seconds in (self.repeat_interval, self.group_interval, self.in_alertmanager)
        )
        return (
            f"repeat_interval {repeat} of the route to {self.receiver} is no multiple of its "
            f"group_interval {tick}: Alertmanager repeats after {late}, the gateway after {repeat}"
        )

    def to_json(self) -> dict[str, Any]:
        """Return the route for ``--json``."""
        return {
            "line": self.line,
            "receiver": self.receiver,
            "group_interval": format_duration(self.group_interval),
            "repeat_interval": format_duration(self.repeat_interval),
            "in_alertmanager": format_duration(self.in_alertmanager),
            "here": format_duration(self.repeat_interval),
        }


def late_repeats(root: Route) -> Iterator[LateRepeat]:
    """Yield the routes that set such an interval, not those that inherit it."""
    for route in walk(root):
        # In whole milliseconds, which is what both programs read.
        repeat, tick = round(route.repeat_interval * 1000), round(route.group_interval * 1000)
        own = route is root or route.own & {"group_interval", "repeat_interval"}
        if own and repeat % tick:
            yield LateRepeat(
                route.line, route.receiver, route.group_interval, route.repeat_interval
            )
