"""A plan with the events of its calendars."""

from dataclasses import replace
from datetime import date

from gateway.config.load import load
from gateway.core.oncall.calendar_events import CalendarCopy, CalendarEvent, UnknownName
from gateway.core.oncall.rota import explain, on_call
from gateway.core.plan.calendars import (
    CalendarKey,
    CalendarUse,
    calendars_of,
    holiday_days,
    with_calendars,
)

NOW, DAY = 1_795_000_000.0, 86400.0
END = NOW + 70 * DAY

ROUTES = """\
people:
  ana: {name: Ana Example, email: ana@example.com}
  ben: {name: Ben, email: BEN@example.com}
  cho: {name: ben}
rotas:
  billing:
    timezone: Europe/Berlin
    ical: main.ics
    ical_overrides: changes.ics
  office:
    layers:
      - {members: [ana], start: 2026-01-05, restrictions: [{weekdays: [workdays]}]}
      - {ical: main.ics, name: calendar}
business_hours: {timezone: Europe/Berlin, holidays: [2026-12-24, free.ics]}
receivers: [{name: nobody}]
route: {receiver: nobody}
"""
PLAN = load(ROUTES, env={}).plan
MAIN = CalendarKey("main.ics", "Europe/Berlin")
CHANGES = CalendarKey("changes.ics", "Europe/Berlin")
FREE = CalendarKey("free.ics", "Europe/Berlin", CalendarUse.HOLIDAYS)


def shift(name: str, level: int = 0, start: float = NOW, end: float = END) -> CalendarEvent:
    return CalendarEvent(start, end, level, name, (name,))


def copy(*events: CalendarEvent) -> CalendarCopy:
    return CalendarCopy(events, NOW - 14 * DAY, END)


def test_calendars_of_a_plan_are_listed_once_for_each_zone_and_use() -> None:
    """The same file in two zones is two calendars, because of its all-day events."""
    assert calendars_of(PLAN) == [MAIN, CHANGES, CalendarKey("main.ics", "UTC"), FREE]


def test_plan_without_calendars_stays_the_same_object() -> None:
    """Nothing else is recalculated where nothing is read."""
    plan = replace(PLAN, rotas={}, business_hours=replace(PLAN.business_hours, holidays=None))
    assert with_calendars(plan, {}).plan is plan


def test_people_are_found_by_name_id_and_address_in_any_case() -> None:
    """An e-mail address, an id, or the name with other spaces."""
    for text in ("Ana Example", "ana  example", "ANA", "Ana@Example.com"):
        copies = {MAIN: copy(shift(text)), CHANGES: copy()}
        rota = with_calendars(PLAN, copies).plan.rotas["billing"]
        assert on_call(rota, NOW) == ("ana",)


def test_name_of_two_people_names_nobody() -> None:
    """Ben is a name of two, so it is reported instead of guessed; ids still work."""
    copies = {MAIN: copy(shift("BEN"), shift("cho")), CHANGES: copy()}
    installed = with_calendars(PLAN, copies)
    assert set(on_call(installed.plan.rotas["billing"], NOW)) == {"ben", "cho"}
    copies[MAIN] = copy(shift("Benn"))
    unknown = with_calendars(PLAN, copies).unknown[MAIN]
    assert unknown == [UnknownName("Benn", "ben")]


def test_events_of_overrides_hide_the_calendar() -> None:
    """With any level, and only while they last; two of them are on call together."""
    changes = copy(
        shift("ben", end=NOW + DAY), shift("cho", end=NOW + DAY), shift("ana", 0, NOW + DAY, END)
    )
    copies = {MAIN: copy(shift("ana", 9)), CHANGES: changes}
    rota = with_calendars(PLAN, copies).plan.rotas["billing"]
    assert set(on_call(rota, NOW)) == {"ben", "cho"}
    copies[CHANGES] = copy(shift("ben", end=NOW + DAY))
    rota = with_calendars(PLAN, copies).plan.rotas["billing"]
    assert on_call(rota, NOW + DAY) == ("ana",)


def test_rota_is_unknown_until_all_its_calendars_are_read() -> None:
    """Without the overrides nobody can say who is on call either."""
    rota = with_calendars(PLAN, {MAIN: copy(shift("ana"))}).plan.rotas["billing"]
    assert explain(rota, NOW).unknown


def test_holidays_of_a_calendar_count_for_business_hours_and_workdays() -> None:
    """All-day events only; a season of months is no holiday."""
    events = (
        CalendarEvent(0, 0, 0, "Company day", ("",), "2026-12-01", "2026-12-02"),
        CalendarEvent(0, 0, 0, "Meeting", ("",)),
        CalendarEvent(0, 0, 0, "Winter", ("",), "2026-11-01", "2027-02-28"),
        CalendarEvent(0, 0, 0, "Second name", ("",), "2026-12-02", "2026-12-02"),
    )
    assert holiday_days(events) == (
        (date(2026, 12, 1), "Company day"),
        (date(2026, 12, 2), "Company day"),
    )
    plan = with_calendars(PLAN, {FREE: copy(*events)}).plan
    assert plan.business_hours.holiday(date(2026, 12, 1)) == "Company day"
    assert plan.business_hours.holiday(date(2026, 12, 24)) == "holiday"
    assert plan.business_hours.holiday(date(2026, 12, 3)) is None
    layer = plan.rotas["office"].layers[0]
    restrictions = getattr(layer, "restrictions", ())
    assert [one.holidays.name_of(date(2026, 12, 1)) for one in restrictions] == ["Company day"]
