"""Which intervals hold for an incident, and where each comes from.

What a route says itself wins over `severities:`, which wins over what the route inherits.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from gateway.core.plan.plan import Plan, Repeats, Severity
from gateway.core.routing.match import Route
from gateway.core.time.business_hours import BusinessHours, respond_by

SHORTEST_REPEAT = 1.0
"""Seconds. Repeats that are not tied to the group's ticks must be bounded by something else."""

LATE = 1.0
"""Seconds by which a word may come after its tick, at the most, and still count as said at it."""

OPTIONS = ("group_wait", "group_interval", "repeat_interval")
DEFAULT_STEP_WAIT = 15 * 60.0


@dataclass(frozen=True, slots=True)
class Timing:
    """Intervals in seconds, and the route and severity that they come from."""

    group_wait: float
    group_interval: float
    repeat_interval: float
    route: Route
    severity: Severity
    repeats: Repeats = Repeats.EXACT

    @property
    def origins(self) -> Mapping[str, str]:
        """For each option the place that set it."""
        return {
            option: f"severity {self.severity.name}"
            if option not in self.route.own and getattr(self.severity, option) is not None
            else self.route.origins.get(option, "default")
            for option in OPTIONS
        }

    @property
    def repeats_every(self) -> float:
        """The seconds from one repeat to the next that repeat_interval comes to."""
        return self.repeat_at(0.0, 0.0)

    def repeat_at(self, tick_at: float, told_at: float) -> float:
        """When a group is told again that was last told at `told_at`, if nothing changes.

        On the group interval it is the first of the ticks counted from `tick_at` by which
        repeat_interval has passed, as in Alertmanager (dispatch flushes, notify.DedupStage).
        There a tick that is due at that very moment is missed now and then, by the milliseconds
        that sending took; here what was said at a tick counts from the tick.
        """
        if self.repeats is Repeats.EXACT:
            return told_at + self.repeat_interval
        late = min(LATE, self.group_interval / 4)
        earliest = told_at + max(self.repeat_interval - late, late)
        return next_tick(tick_at, self.group_interval, earliest)


def timing(route: Route, severity: Severity, repeats: Repeats) -> Timing:
    """The intervals of a group on `route` whose worst alert has `severity`."""
    repeat = interval("repeat_interval", route, severity)
    return Timing(
        interval("group_wait", route, severity),
        interval("group_interval", route, severity),
        repeat if repeats is Repeats.ON_TICKS else max(SHORTEST_REPEAT, repeat),
        route,
        severity,
        repeats,
    )


def interval(option: str, route: Route, severity: Severity) -> float:
    """One of OPTIONS in seconds: all that an alert which joins its incident asks for."""
    by_severity: float | None = None if option in route.own else getattr(severity, option)
    own: float = getattr(route, option)
    return own if by_severity is None else by_severity


def next_tick(tick_at: float, group_interval: float, at: float) -> float:
    """The first of the ticks tick_at, tick_at + group_interval, … that is not before `at`.

    Alertmanager flushes a group in this rhythm, counted from the end of its group_wait.
    """
    if at <= tick_at or group_interval <= 0:
        return max(tick_at, at)
    return tick_at + math.ceil((at - tick_at) / group_interval) * group_interval


def acknowledge_by(severity: Severity, now: float, hours: BusinessHours) -> float | None:
    """When somebody should have answered what is told at `now`, or None when nobody must."""
    if severity.respond_within is None:
        return None
    return respond_by(severity.respond_within, now, hours)


def step_wait(wait: float | None, severity: Severity, now: float, plan: Plan) -> float:
    """Seconds until the next step of an escalation: the step's own, else the severity's."""
    if wait is not None:
        return wait
    expected = acknowledge_by(severity, now, plan.business_hours)
    return DEFAULT_STEP_WAIT if expected is None else max(0.0, expected - now)
