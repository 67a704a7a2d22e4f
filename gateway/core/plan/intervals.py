"""The intervals of an incident, and where each comes from.

A route's own value wins over `severities:`, which wins over a value that the route inherits.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from gateway.core.plan.plan import Plan, Repeats, Severity
from gateway.core.routing.match import Route
from gateway.core.time.business_hours import BusinessHours, respond_by

SHORTEST_REPEAT = 1.0
"""Seconds. Bounds repeats that are not tied to the group's ticks. Lower: a typing error in
repeat_interval floods people."""

LATE = 1.0
"""Seconds after its tick at which a notification still counts as sent at the tick."""

OPTIONS = ("group_wait", "group_interval", "repeat_interval")
RESPOND_WITHIN = "respond_within"
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
    respond_within: float | str | None = None  # seconds, "same day", "next business day"

    @property
    def origins(self) -> Mapping[str, str]:
        """For each option, what set it."""
        return {
            option: f"severity {self.severity.name}"
            if option not in self.route.own and getattr(self.severity, option) is not None
            else self.route.origins.get(option, "default")
            for option in (*OPTIONS, RESPOND_WITHIN)
        }

    @property
    def repeats_every(self) -> float:
        """Seconds from one repeat to the next, which on ticks is more than repeat_interval."""
        return self.repeat_at(0.0, 0.0)

    def repeat_at(self, tick_at: float, notified_at: float) -> float:
        """Return when an unchanged group that was last notified at `notified_at` is repeated.

        On the group interval it is the first of the ticks counted from `tick_at` by which
        repeat_interval has passed, as in Alertmanager (dispatch flushes, notify.DedupStage).
        There a tick that is due at that very moment is sometimes missed by the milliseconds that
        sending took; here a notification that was sent at a tick counts from the tick.
        """
        if self.repeats is Repeats.EXACT:
            return notified_at + self.repeat_interval
        late = min(LATE, self.group_interval / 4)
        earliest = notified_at + max(self.repeat_interval - late, late)
        return next_tick(tick_at, self.group_interval, earliest)


def timing(route: Route, severity: Severity, repeats: Repeats) -> Timing:
    """Return the intervals of a group on `route` whose worst alert has `severity`."""
    repeat = interval("repeat_interval", route, severity)
    return Timing(
        interval("group_wait", route, severity),
        interval("group_interval", route, severity),
        repeat if repeats is Repeats.ON_TICKS else max(SHORTEST_REPEAT, repeat),
        route,
        severity,
        repeats,
        respond_within(route, severity),
    )


def interval(option: str, route: Route, severity: Severity) -> float:
    """Return one of OPTIONS in seconds."""
    by_severity: float | None = None if option in route.own else getattr(severity, option)
    own: float = getattr(route, option)
    return own if by_severity is None else by_severity


def respond_within(route: Route, severity: Severity) -> float | str | None:
    """Return how soon to acknowledge, as written: seconds, or one of two texts; None for no time.

    "same day" and "next business day" count from when it is notified.
    """
    if RESPOND_WITHIN in route.own or severity.respond_within is None:
        return route.respond_within
    return severity.respond_within


def next_tick(tick_at: float, group_interval: float, at: float) -> float:
    """Return the first of the ticks tick_at, tick_at + group_interval, … not before `at`.

    Alertmanager flushes a group in this rhythm, counted from the end of its group_wait.
    """
    if at <= tick_at or group_interval <= 0:
        return max(tick_at, at)
    return tick_at + math.ceil((at - tick_at) / group_interval) * group_interval


def acknowledge_by(intervals: Timing, now: float, hours: BusinessHours) -> float | None:
    """Return by when to acknowledge what is notified at `now`; None if nobody has to."""
    if intervals.respond_within is None:
        return None
    return respond_by(intervals.respond_within, now, hours)


def step_wait(wait: float | None, intervals: Timing, now: float, plan: Plan) -> float:
    """Return the seconds until the next step: the step's own wait, or the time to acknowledge."""
    if wait is not None:
        return wait
    expected = acknowledge_by(intervals, now, plan.business_hours)
    return DEFAULT_STEP_WAIT if expected is None else max(0.0, expected - now)
