"""When a calendar that lost its events is believed."""

import pytest

from gateway.core.oncall.calendar_events import CalendarEvent
from gateway.core.plan.calendar_trust import Earlier, Verdict, judge

NOW, DAY, HOUR = 1_795_000_000.0, 86400.0, 3600.0
UNTIL = NOW + 70 * DAY


def events(count: int, first: float = NOW) -> list[CalendarEvent]:
    """Return that many shifts of a day, from one day on."""
    return [
        CalendarEvent(first + n * DAY, first + (n + 1) * DAY, 0, "Ana", ("Ana",))
        for n in range(count)
    ]


def verdict(
    before: list[CalendarEvent],
    after: list[CalendarEvent],
    lost_since: float | None = None,
    *,
    confirmed: bool = False,
) -> Verdict:
    return judge(before, after, NOW, UNTIL, Earlier(lost_since, confirmed, 6 * HOUR))


@pytest.mark.parametrize(
    ("before", "after", "believed"),
    [
        (10, 10, True),
        (10, 5, True),
        (10, 4, False),
        (10, 0, False),
        (1, 0, False),
        (3, 1, True),
        (4, 1, False),
        (0, 0, True),
        (0, 10, True),
    ],
)
def test_losing_all_or_most_future_events_is_questioned(
    before: int, after: int, believed: bool
) -> None:
    """Half of them, and few of a few, are ordinary changes."""
    assert verdict(events(before), events(after)).believed is believed


def test_events_that_have_ended_are_not_missed() -> None:
    """A calendar that runs out loses nothing, and a server may drop the past."""
    past = events(10, NOW - 20 * DAY)
    assert verdict(past, []).believed
    assert verdict([*past, *events(2)], events(2)).believed


def test_events_beyond_what_the_copy_knew_do_not_count() -> None:
    """New events far ahead do not hide that the next weeks are gone."""
    assert not verdict(events(10), events(10, UNTIL)).believed


def test_loss_is_believed_after_it_lasted_or_an_admin_confirmed() -> None:
    """The time counts from the first reading without the events."""
    first = verdict(events(10), [])
    assert (first.believed, first.lost_since) == (False, NOW)
    assert first.text == "it has 0 of the 10 future events that it had"
    assert not verdict(events(10), [], NOW - 6 * HOUR + 1).believed
    assert verdict(events(10), [], NOW - 6 * HOUR).believed
    assert verdict(events(10), [], NOW, confirmed=True).believed


def test_events_that_come_back_end_the_question() -> None:
    """The next loss is counted from its own first reading."""
    back = verdict(events(10), events(10), NOW - HOUR)
    assert back == Verdict(believed=True)
