"""The events of a feed without any record of the past."""

from collections.abc import Sequence

from gateway.calendars.planned import PlannedEvent
from gateway.core.oncall.rota import Shift, shifts
from gateway.core.plan.plan import Plan
from gateway.flow.feeds.events import feed_events
from gateway.flow.feeds.subject import FeedSubject


def planned_feed(plan: Plan, subject: FeedSubject, now: float) -> list[PlannedEvent]:
    """Return the events by the rotas of the plan alone."""

    def shifts_of(rota: str, start: float, end: float) -> Sequence[Shift]:
        return shifts(plan.rotas[rota], start, end)

    return feed_events(plan, subject, plan.rotas, shifts_of, now)
