"""A calendar that changes, breaks, is suddenly empty, and recovers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from tests.fakes.server import Behaviour
from tests.flow.world import DAY, HOUR, START
from tests.simulation.on_call.base import PEOPLE, OnCallBase
from tests.simulation.on_call.duty_model import Event

BROKEN = (
    Behaviour(status=500, body="no"),
    Behaviour(status=200, body="<!DOCTYPE html>", content_type="text/html"),
    Behaviour(status=200, body="BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\n"),
    Behaviour(drop="before"),
)


@dataclass
class CalendarActions(OnCallBase):
    """What happens to the calendar that a rota reads."""

    def drawn_shifts(self) -> tuple[Event, ...]:
        """Draw shifts of eight hours for two weeks."""
        first = START - DAY
        return tuple(
            (first + number * 8 * HOUR, first + (number + 1) * 8 * HOUR, self.dice.choice(PEOPLE))
            for number in range(45)
        )

    def serve(self, shifts: tuple[Event, ...]) -> None:
        """Let the server have these shifts."""
        self.world.shifts = shifts
        self.world.server.text = calendar_text(shifts)
        self.world.server.default = None

    async def calendar(self) -> None:
        """Change the calendar, break it, empty it, or repair it."""
        kind = self.dice.choice(("other", "broken", "broken", "empty", "repaired"))
        self.log(f"the calendar is {kind}")
        if kind == "broken":
            self.world.server.default = self.dice.choice(BROKEN)
        elif kind == "empty":
            self.serve(())
        else:
            self.serve(self.drawn_shifts())

    async def confirm(self) -> None:
        """Let an admin say that what the calendar has lost is right."""
        engine = await self.moment()
        model = self.world.model
        if not model.variant.platform:
            return
        confirmed = await engine.calendars.confirm("${PLATFORM_CALENDAR}")
        self.log(f"the loss of the calendar is confirmed: {confirmed}")
        self.expect(confirmed == (model.calendar.lost_since is not None), "wrongly")
        model.calendar.confirmed = confirmed


def calendar_text(shifts: Sequence[Event]) -> str:
    """Return the shifts as iCalendar."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0"]
    for start, end, person in shifts:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{start:.0f}",
            f"DTSTART:{_utc(start)}",
            f"DTEND:{_utc(end)}",
            f"SUMMARY:{person.title()}",
            "END:VEVENT",
        ]
    return "\n".join([*lines, "END:VCALENDAR", ""])


def _utc(at: float) -> str:

    return datetime.fromtimestamp(at, UTC).strftime("%Y%m%dT%H%M%SZ")
