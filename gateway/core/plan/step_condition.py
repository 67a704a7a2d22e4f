"""When a step of an escalation applies: by severity and by time interval (`when:`)."""

from dataclasses import dataclass

from gateway.core.routing.mutes import IntervalsByName, intervals_containing, next_change


@dataclass(frozen=True, slots=True)
class StepCondition:
    """What must hold when a step is due; an empty part sets no condition.

    The severity is one of `severities`, the instant is inside one of `time_intervals`, and outside
    all of `outside_time_intervals`.
    """

    severities: tuple[str, ...] = ()
    time_intervals: tuple[str, ...] = ()
    outside_time_intervals: tuple[str, ...] = ()

    def failure(self, severity: str, intervals: IntervalsByName, t: float) -> str:
        """Return which part does not hold at `t` (unix seconds), in words; empty if all hold."""
        if self.severities and severity not in self.severities:
            return f"it is only for severity {' or '.join(self.severities)}"
        inside = intervals_containing(self.outside_time_intervals, intervals, t)
        if inside:
            return f"it is only for times outside {inside[0]}"
        names = self.time_intervals
        if names and not intervals_containing(names, intervals, t):
            return f"it is only for times in {' or '.join(names)}"
        return ""

    def next_change(self, intervals: IntervalsByName, t: float) -> float | None:
        """Return the next instant after `t` at which its times begin or end to hold.

        None when nothing changes within five years.
        """
        return next_change(self.outside_time_intervals, self.time_intervals, intervals, t)
