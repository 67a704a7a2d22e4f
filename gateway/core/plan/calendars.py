"""Calendars that a plan reads, and the plan with what they hold."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from gateway.core.oncall.calendar_events import (
    CalendarCopy,
    CalendarEvent,
    PeopleIndex,
    UnknownName,
    duty_events,
)
from gateway.core.oncall.event_layer import OVERRIDE_LEVEL, EventLayer, merge_events
from gateway.core.oncall.types import AnyLayer, Rota
from gateway.core.plan.accounts import Secret
from gateway.core.plan.channels import AddressKind, spec_of
from gateway.core.plan.plan import Plan
from gateway.core.time.business_hours import HolidayCalendar
from gateway.core.time.holidays import CalendarHolidays, HolidayUnion

DAY = 86400.0
WEEK = 7 * DAY
KNOWN_AHEAD = 10 * WEEK
"""Seconds ahead of now for which a calendar is read. More takes longer to expand."""

HOLIDAYS_AHEAD = 53 * WEEK
"""The same for holidays, which are few."""

KNOWN_BACK = 8 * WEEK
"""Seconds before now for which it is read, so that the shifts of the last weeks have their own
starts in feeds and in "since"."""

LONGEST_HOLIDAY = 31
"""Days of one event that count as holidays. A longer one is a period, such as a season."""


@dataclass(frozen=True, slots=True)
class CalendarSource:
    """Where a calendar is read from: a URL, or the path of a file.

    `address` is how routes.yaml names it, without secrets.
    """

    address: str
    url: Secret | None = None
    path: str = ""


@dataclass(frozen=True, slots=True)
class CalendarSettings:
    """How calendars are read. `sources` are by address; times are in seconds.

    `confirm_after` is how long a calendar that suddenly lost its events must stay so before that
    is believed.
    """

    sources: Mapping[str, CalendarSource] = field(default_factory=dict)
    refresh: float = 300.0
    confirm_after: float = 6 * 3600.0
    proxy: Secret | None = None
    private_addresses: bool = True


class CalendarUse(StrEnum):
    """What a calendar is read for."""

    DUTY = "duty"
    HOLIDAYS = "holidays"


class CalendarKey(NamedTuple):
    """A calendar, the zone in which its all-day events are read, and what it is read for."""

    address: str
    zone: str
    use: CalendarUse = CalendarUse.DUTY

    @property
    def ahead(self) -> float:
        """Seconds ahead of now for which it is read."""
        return KNOWN_AHEAD if self.use is CalendarUse.DUTY else HOLIDAYS_AHEAD


class InstalledCalendars(NamedTuple):
    """A plan with the events of its calendars, and events that name nobody, by calendar."""

    plan: Plan
    unknown: Mapping[CalendarKey, Sequence[UnknownName]]


def calendars_of(plan: Plan) -> list[CalendarKey]:
    """Return the calendars that a plan reads, once each: those of rotas, then holidays."""
    keys = [
        CalendarKey(address, rota.zone)
        for rota in plan.rotas.values()
        for layer in rota.layers
        if isinstance(layer, EventLayer)
        for address in (layer.calendar, layer.overrides)
        if address
    ]
    hours = plan.business_hours
    keys += [holidays_key(one, hours.zone) for one in _parts(hours.holidays)]
    return list(dict.fromkeys(keys))


def reading_span(key: CalendarKey, now: float) -> tuple[float, float]:
    """Return the span for which a calendar is read at `now`; the same all day (UTC)."""
    today = now - now % DAY
    return today - KNOWN_BACK, today + key.ahead


def holidays_key(holidays: CalendarHolidays, zone: str) -> CalendarKey:
    """Return the calendar that holidays are read from."""
    return CalendarKey(holidays.calendar, zone, CalendarUse.HOLIDAYS)


def with_calendars(plan: Plan, copies: Mapping[CalendarKey, CalendarCopy]) -> InstalledCalendars:
    """Return the plan with the events that are known; the same plan if it reads no calendar."""
    if not calendars_of(plan):
        return InstalledCalendars(plan, {})
    installer = _Installer(plan, copies)
    hours = replace(plan.business_hours, holidays=installer.holidays)
    rotas = {name: installer.rota(rota) for name, rota in plan.rotas.items()}
    return InstalledCalendars(replace(plan, rotas=rotas, business_hours=hours), installer.unknown)


class _Installer:
    def __init__(self, plan: Plan, copies: Mapping[CalendarKey, CalendarCopy]) -> None:
        self._copies = copies
        self._people = PeopleIndex(
            {
                person.id: (
                    person.name,
                    *(
                        one.address
                        for one in person.contacts.values()
                        if spec_of(one.channel).address is AddressKind.EMAIL
                    ),
                )
                for person in plan.people.values()
            }
        )
        self._zone = plan.business_hours.zone
        self._before = plan.business_hours.holidays
        self.unknown: dict[CalendarKey, Sequence[UnknownName]] = {}
        self.holidays = self._with_days(self._before)

    def rota(self, rota: Rota) -> Rota:
        """Return the rota with the events of its calendars."""
        return replace(rota, layers=tuple(self._layer(one, rota.zone) for one in rota.layers))

    def _layer(self, layer: AnyLayer, zone: str) -> AnyLayer:
        if not isinstance(layer, EventLayer):
            restrictions = tuple(
                replace(one, holidays=self.holidays) if one.holidays is not None else one
                for one in layer.restrictions
            )
            return replace(layer, restrictions=restrictions)
        copies = []
        events = []
        for address, above in ((layer.calendar, 0), (layer.overrides, OVERRIDE_LEVEL)):
            if not address:
                continue
            key = CalendarKey(address, zone)
            copy = self._copies.get(key)
            if copy is None:
                return layer  # without its overrides nobody can say who is on call either
            copies.append(copy)
            duty, unknown = duty_events(copy.events, self._people, above)
            events += duty
            self.unknown[key] = unknown
        return replace(
            layer,
            segments=merge_events(events),
            known_from=max(copy.known_from for copy in copies),
            known_until=min(copy.known_until for copy in copies),
        )

    def _with_days(self, holidays: HolidayCalendar | None) -> HolidayCalendar | None:
        if isinstance(holidays, HolidayUnion):
            parts = tuple(self._with_days(one) or one for one in holidays.parts)
            return HolidayUnion(parts)
        if isinstance(holidays, CalendarHolidays):
            copy = self._copies.get(holidays_key(holidays, self._zone))
            return replace(holidays, days=holiday_days(copy.events)) if copy else holidays
        return holidays


def holiday_days(events: Sequence[CalendarEvent]) -> tuple[tuple[date, str], ...]:
    """Return the days of all-day events, sorted, with the name of the first event of each."""
    days: dict[date, str] = {}
    for event in events:
        for day in _days(event):
            days.setdefault(day, event.summary or "holiday")
    return tuple(sorted(days.items()))


def _days(event: CalendarEvent) -> Iterator[date]:
    if not event.first_day:
        return
    first, last = date.fromisoformat(event.first_day), date.fromisoformat(event.last_day)
    if (last - first).days < LONGEST_HOLIDAY:
        for count in range((last - first).days + 1):
            yield first + timedelta(days=count)


def _parts(holidays: HolidayCalendar | None) -> list[CalendarHolidays]:
    parts = holidays.parts if isinstance(holidays, HolidayUnion) else (holidays,)
    return [one for one in parts if isinstance(one, CalendarHolidays)]
