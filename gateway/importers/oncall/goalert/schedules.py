"""GoAlert's schedules: rules that add up, overrides, and temporary schedules."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from gateway.core.time.wallclock import load_zone, wall_time
from gateway.importers.oncall.model.export import Export
from gateway.importers.oncall.model.schedule import (
    MINUTES_OF_DAY,
    ExceptionRecord,
    Rotation,
    ScheduleRecord,
    Span,
    Window,
)
from gateway.importers.oncall.read.fixed_shifts import fixed_shifts, without
from gateway.importers.oncall.read.json_value import Json
from gateway.importers.oncall.read.notes import NoteKind
from gateway.importers.oncall.read.rendering import rendering
from gateway.importers.oncall.read.source import Source
from gateway.importers.oncall.read.zones import in_zone, same_clock

_WEEK = 7


def read_schedule(
    entry: Json, rotations: Mapping[str, Rotation], export: Export, source: Source
) -> None:
    """Add a schedule; targets that apply at no time are omitted."""
    zone = entry.zone("timeZone", "UTC")
    parts = []
    for number, one in enumerate(entry.items("targets")):
        rotation = _target(one, number, zone, rotations, export, source)
        if rotation is not None:
            parts.append(rotation)
    key, name = entry.text("id"), entry.text("name")
    spans = [_span(one, export) for one in entry.items("shifts")]
    export.schedules[key] = ScheduleRecord(
        key,
        name,
        zone,
        entry.position,
        tuple(parts),
        rendering=rendering(spans, source.window, rendered="shifts" in entry),
    )
    if any(entry.items("onCallNotificationRules")):
        message = f'schedule "{name}": its messages to channels: see announce: of a rota'
        source.notes.add(NoteKind.LOST, entry.at("onCallNotificationRules").position, message)


def _target(
    entry: Json,
    number: int,
    zone: str,
    rotations: Mapping[str, Rotation],
    export: Export,
    source: Source,
) -> Rotation | None:
    """Return a target of a schedule with the times at which it applies."""
    target = entry.at("target")
    key, kind = target.text("id"), target.text("type")
    windows = [window for rule in entry.items("rules") for window in _windows(rule)]
    if not windows:
        return None
    always = any(_is_always(rule) for rule in entry.items("rules"))
    if kind == "user":
        person = export.add_person(key, target.text("name", ""))
        now = wall_time(source.as_of, load_zone(zone))
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        rotation = Rotation(
            target.text("name", key), entry.position, ((person,),), 1, "week", midnight, zone
        )
    elif kind == "rotation" and key in rotations:
        rotation = rotations[key]
        if not always and not same_clock(rotation.zone, zone, source.as_of):
            message = (
                f'rotation "{rotation.name}" hands over on the clock of {rotation.zone}, its rules '
                f"are on that of {zone}: its handovers move when one of the clocks changes"
            )
            source.notes.add(NoteKind.CHANGED, entry.position, message)
            rotation = in_zone(rotation, zone, source.as_of)
    else:
        message = f'the {kind} "{target.text("name", key)}" is not in the export; it is omitted'
        source.notes.add(NoteKind.LOST, target.position, message)
        return None
    return replace(
        rotation, windows=() if always else tuple(windows), key=f"{rotation.key or key}/{number}"
    )


def _is_always(rule: Json) -> bool:
    return rule.clock("start") == rule.clock("end") and all(_days(rule))


def _days(rule: Json) -> list[bool]:
    """Return seven flags from Monday on; the export has them from Sunday on."""
    days = [bool(one.value) for one in rule.items("weekdayFilter")]
    if len(days) != _WEEK:
        raise rule.at("weekdayFilter").error("seven flags, from Sunday on, are expected")
    return [*days[1:], days[0]]


def _windows(rule: Json) -> Iterator[Window]:
    """Yield a window for each day; equal times are a day, an earlier end is on the next day."""
    start, end = rule.clock("start"), rule.clock("end")
    first = start.hour * 60 + start.minute
    minutes = (end.hour * 60 + end.minute - first) % MINUTES_OF_DAY or MINUTES_OF_DAY
    for day, applies in enumerate(_days(rule)):
        if applies:
            yield Window(day * MINUTES_OF_DAY + first, minutes)


def _span(shift: Json, export: Export) -> Span:
    person = export.add_person(shift.text("userID"), "")
    return Span(person, shift.instant("start"), shift.instant("end"))


def override_order(entry: Json) -> tuple[bool, bool, float]:
    """Return the order of overrides: a replacement wins over a removal, also an earlier one."""
    added, removed = entry.text("addUserID", ""), entry.text("removeUserID", "")
    return not removed, bool(added), entry.instant("start")


def read_override(entry: Json, export: Export) -> None:
    """Add an override to its schedule: add, remove, or replace one person by another."""
    key = entry.at("target").text("id")
    record = export.schedules.get(key)
    if record is None:
        return
    added, removed = entry.text("addUserID", ""), entry.text("removeUserID", "")
    if not added and not removed:
        raise entry.error("the override neither adds nor removes anybody")
    for person in filter(None, (added, removed)):
        export.add_person(person, "")
    exception = ExceptionRecord(
        added or None,
        entry.instant("start"),
        entry.instant("end"),
        replaces=removed or None,
        beside=not removed,
    )
    export.schedules[key] = replace(record, exceptions=(*record.exceptions, exception))


def read_temporary(entry: Json, export: Export) -> None:
    """Add the temporary schedules of a schedule: while one is active, nothing else counts."""
    record = export.schedules[entry.text("id")]
    exceptions = list(record.exceptions)
    stretches = []
    fixed: list[ExceptionRecord] = []
    for one in entry.items("temporarySchedules"):
        start, end = one.instant("start"), one.instant("end")
        spans = [_span(shift, export) for shift in one.items("shifts")]
        stretches.append((start, end))
        fixed += fixed_shifts(start, end, spans)
    if stretches:
        others = without(exceptions, stretches)
        export.schedules[record.key] = replace(record, exceptions=(*others, *fixed))
