"""Rotas and business hours, built from the parsed file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time

from gateway.config.build.calendars import CalendarBuilder
from gateway.config.build.names import DeclaredNames, refuse_duplicates
from gateway.config.grammar.calendars import CalendarLocation
from gateway.config.grammar.holidays import HolidayDates, Region
from gateway.config.grammar.oncall import ALLOWED
from gateway.config.grammar.parsed import ParsedSection, ParsedValue
from gateway.config.grammar.rota_values import BUSINESS_DAYS
from gateway.config.source.problem import Findings
from gateway.core.oncall.rota import Handover, Layer, Override, Restriction, Rota
from gateway.core.oncall.text import Rotation
from gateway.core.oncall.types import EVERY_DAY, LONGEST_OVERRIDE, AnyLayer
from gateway.core.time.business_hours import BusinessHours, HolidayCalendar
from gateway.core.time.holidays import CalendarHolidays, HolidayUnion

_MORNING = time(9)


def rotas(
    entries: Mapping[str, ParsedValue],
    known: DeclaredNames,
    hours: BusinessHours,
    calendars: CalendarBuilder,
    findings: Findings,
) -> Mapping[str, Rota]:
    """Return the rotas by their names; a layer with an error is noted and omitted.

    `hours` say which days `workdays` stands for in restrictions.
    """
    context = _LayerContext(known, hours, calendars, findings)
    rotas_by_name = {}
    for name, item in entries.items():
        entry: ParsedSection = item.value
        zone = entry.get("timezone", "UTC")
        layers = [_any_layer(one.value, context) for one in entry.list_of("layers")]
        layers += _rota_calendar(name, entry, context)
        overrides = [
            _override(one.value, zone, known, findings) for one in entry.list_of("overrides")
        ]
        refuse_duplicates(entry.list_of("layers"), "layer", findings)
        if "layers" in entry and not layers and entry.valid:
            message = f'rota "{name}": it has no layer, so nobody is ever on call'
            findings.error(entry.position_of("layers"), message)
        rotas_by_name[name] = Rota(
            name,
            zone,
            tuple(one for one in layers if one is not None),
            tuple(one for one in overrides if one is not None),
            gaps_allowed=entry.get("gaps") == ALLOWED,
        )
    return rotas_by_name


@dataclass(frozen=True, slots=True)
class _LayerContext:
    """What building a layer needs besides its section."""

    known: DeclaredNames
    hours: BusinessHours
    calendars: CalendarBuilder
    findings: Findings


def _rota_calendar(name: str, entry: ParsedSection, context: _LayerContext) -> list[AnyLayer]:
    """Return the layer of the rota's own ``ical:``, if it has one."""
    findings = context.findings
    if "ical" in entry:
        if "layers" in entry:
            message = "ical: the rota has layers; write ical: in a layer of its own there"
            findings.error(entry.position_of("ical"), message)
        return [context.calendars.layer(entry, findings)]
    if "ical_overrides" in entry:
        _overrides_alone(entry, findings)
    elif entry.lacks("layers") and entry.lacks("ical"):
        findings.error(entry.position, f'rota "{name}": "layers" is missing, or "ical"')
    return []


def _any_layer(entry: ParsedSection, context: _LayerContext) -> AnyLayer | None:
    findings = context.findings
    if "ical" not in entry:
        if "ical_overrides" in entry:
            _overrides_alone(entry, findings)
        for key in ("members", "start"):
            if entry.lacks(key) and entry.lacks("ical"):
                hint = ', or "ical"' if key == "members" else ""
                findings.error(entry.position, f'layer: "{key}" is missing{hint}')
        return _layer(entry, context.known, context.hours, findings)
    for key in sorted(set(entry.fields) - {"ical", "ical_overrides", "name"}):
        message = f"{key}: it does not go with ical, whose events say who is on call when"
        findings.error(entry.position_of(key), message)
    return context.calendars.layer(entry, findings, name=entry.get("name", ""))


def _overrides_alone(entry: ParsedSection, findings: Findings) -> None:
    findings.error(
        entry.position_of("ical_overrides"), "ical_overrides: it needs ical, the calendar it hides"
    )


def _layer(
    entry: ParsedSection, known: DeclaredNames, hours: BusinessHours, findings: Findings
) -> Layer | None:
    turns = [item.value for item in entry.list_of("members")]
    for turn in turns:
        for reference in turn:
            known.check(reference, findings)
    if "members" in entry and not any(turns):
        findings.error(
            entry.position_of("members"), "members: nobody is named, so nobody is on call"
        )
    restrictions = [
        one
        for item in entry.list_of("restrictions")
        for one in _restrictions(item.value, hours, findings)
    ]
    if not entry.valid or not any(turns) or "start" not in entry:
        return None
    rotation: Rotation = entry.get("rotate", Rotation(1, "week"))
    try:
        return Layer(
            turns=tuple(tuple(reference.value for reference in turn) for turn in turns),
            every=rotation.every,
            unit=rotation.unit,
            handover=entry.get("handover", Handover(_MORNING)),
            start=entry.get("start"),
            restrictions=tuple(restrictions),
            end=entry.get("end"),
            name=entry.get("name", ""),
        )
    except ValueError as error:
        key = "end" if str(error).startswith(("layer: end", "layer: it ends")) else "handover"
        findings.error(entry.position_of(key), str(error))
        return None


def _restrictions(
    entry: ParsedSection, hours: BusinessHours, findings: Findings
) -> list[Restriction]:
    """Return a restriction for the weekdays that are named, and one for `workdays`."""
    if not entry.valid:
        return []
    named = _days(entry, "weekdays")
    days = EVERY_DAY if named is None else named
    start, end = entry.get("from", time(0)), entry.get("to", time(0))
    try:
        if not set(BUSINESS_DAYS) & set(days):
            return [Restriction(days, start, end)]
        workdays = Restriction(hours.days, start, end, hours.holidays)
        weekdays = tuple(day for day in days if day in EVERY_DAY)
        return [workdays, *([Restriction(weekdays, start, end)] if weekdays else [])]
    except ValueError as error:
        findings.error(entry.position_of("weekdays"), str(error))
        return []


def _override(
    entry: ParsedSection, zone: str, known: DeclaredNames, findings: Findings
) -> Override | None:
    for key in ("person", "replaces"):
        if key in entry:
            known.check(entry.fields[key], findings)
    if not entry.valid:
        return None
    try:
        start, end = entry.get("from")(zone), entry.get("to")(zone)
        if end - start > LONGEST_OVERRIDE:
            raise ValueError("override: it is longer than two years; is the year right?")
        return Override(
            member=entry.get("person"),
            start=start,
            end=end,
            replaces=entry.get("replaces"),
            beside=entry.get("beside", False),
        )
    except ValueError as error:
        findings.error(entry.position_of("to"), str(error))
        return None


def business_hours(
    entry: ParsedSection | None, calendars: CalendarBuilder, findings: Findings
) -> BusinessHours:
    """Return the working days of the file, by default Mon-Fri 09:00-17:00 UTC."""
    default = BusinessHours()
    if entry is None or not entry.valid:
        return default
    days = _days(entry, "days")
    try:
        return BusinessHours(
            entry.get("timezone", default.zone),
            default.days if days is None else days,
            entry.get("start", default.start),
            entry.get("end", default.end),
            _holidays(entry, calendars),
        )
    except ValueError as error:
        findings.error(entry.position_of("end" if days != () else "days"), str(error))
        return default


def _holidays(entry: ParsedSection, calendars: CalendarBuilder) -> HolidayCalendar | None:
    values = [one.value for one in entry.list_of("holidays")]
    regions = tuple(value for value in values if isinstance(value, Region))
    dates = frozenset(value for value in values if isinstance(value, date))
    parts: list[HolidayCalendar] = [HolidayDates(regions, dates)] if regions or dates else []
    parts += [
        CalendarHolidays(calendars.add(value))
        for value in values
        if isinstance(value, CalendarLocation)
    ]
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else HolidayUnion(tuple(parts))


def _days(entry: ParsedSection, key: str) -> tuple[int, ...] | None:
    if key not in entry:
        return None
    return tuple(sorted({day for item in entry.list_of(key) for day in item.value}))
