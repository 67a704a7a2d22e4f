"""Rotas and business hours, built from the parsed file."""

from collections.abc import Mapping
from datetime import date, time

from gateway.config.build.names import DeclaredNames, refuse_duplicates
from gateway.config.grammar.holidays import HolidayDates, Region
from gateway.config.grammar.parsed import ParsedSection, ParsedValue
from gateway.config.grammar.rota_values import BUSINESS_DAYS
from gateway.config.source.problem import Findings
from gateway.core.oncall.rota import Handover, Layer, Override, Restriction, Rota
from gateway.core.oncall.text import Rotation
from gateway.core.oncall.types import EVERY_DAY, LONGEST_OVERRIDE
from gateway.core.time.business_hours import BusinessHours

_MORNING = time(9)


def rotas(
    entries: Mapping[str, ParsedValue],
    known: DeclaredNames,
    hours: BusinessHours,
    findings: Findings,
) -> Mapping[str, Rota]:
    """Return the rotas by their names; a layer with an error is noted and omitted.

    `hours` say which days `workdays` stands for in restrictions.
    """
    rotas_by_name = {}
    for name, item in entries.items():
        entry: ParsedSection = item.value
        zone = entry.get("timezone", "UTC")
        layers = [_layer(one.value, known, hours, findings) for one in entry.list_of("layers")]
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
        )
    return rotas_by_name


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
    if not entry.valid or not any(turns):
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


def business_hours(entry: ParsedSection | None, findings: Findings) -> BusinessHours:
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
            _holidays(entry),
        )
    except ValueError as error:
        findings.error(entry.position_of("end" if days != () else "days"), str(error))
        return default


def _holidays(entry: ParsedSection) -> HolidayDates | None:
    values = [one.value for one in entry.list_of("holidays")]
    if not values:
        return None
    regions = tuple(value for value in values if isinstance(value, Region))
    return HolidayDates(regions, frozenset(value for value in values if isinstance(value, date)))


def _days(entry: ParsedSection, key: str) -> tuple[int, ...] | None:
    if key not in entry:
        return None
    return tuple(sorted({day for item in entry.list_of(key) for day in item.value}))
