"""The plan, the instant and the reader's time zone, which every explanation needs."""

from dataclasses import dataclass

from gateway.core.plan.plan import Plan
from gateway.render.view.times import clock_time
from gateway.web.explain.names import name_of


@dataclass(frozen=True, slots=True)
class ExplainContext:
    """The plan in force, `now` (unix seconds) and the reader's time zone."""

    plan: Plan
    now: float
    zone: str

    def clock(self, at: float) -> str:
        """Return an instant on the reader's wall clock."""
        return clock_time(at, self.zone, self.now)

    def name(self, person: str) -> str:
        """Return the display name of a person's id."""
        return name_of(self.plan, person)
