"""PagerDuty's schedules: layers, restrictions, overrides, and the final schedule.

Facts of the API: layers come last first, so that of two the one that is first in the list hides
the other; a turn is counted from `rotation_virtual_start`, which may lie before the layer's start;
restrictions decide when a turn is worked and not whose it is.
"""

from collections.abc import Iterator
from datetime import datetime

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
from gateway.importers.oncall.pagerduty.time_zones import read_zone
from gateway.importers.oncall.read.json_value import Json
from gateway.importers.oncall.read.notes import NoteKind, Notes
from gateway.importers.oncall.read.rendering import rendering
from gateway.importers.oncall.read.source import Source
from gateway.importers.oncall.read.turn_length import too_long, turn_length
from gateway.importers.oncall.read.whole_minutes import whole_minutes


def read_schedule(entry: Json, export: Export, source: Source) -> None:
    """Add a schedule with everybody who is in it."""
    notes = source.notes
    name = entry.text("name", entry.text("summary", entry.text("id")))
    if entry.text("type", "schedule") == "schedule_v3":
        message = (
            f'schedule "{name}" is of the new kind (v3), whose events this command does not read; '
            "write its rota by hand, or read its calendar feed with ical:"
        )
        notes.add(NoteKind.LOST, entry.position, message)
        return
    if "schedule_layers" not in entry:
        raise entry.error(
            "it has no schedule_layers: export each schedule by its own address, /schedules/ID"
        )
    zone = read_zone(entry)
    rotations: list[Rotation] = []
    for level, layer in enumerate(reversed(list(entry.items("schedule_layers"))), start=1):
        rotation = _layer(layer, zone, level, export, source)
        if rotation is not None:
            rotations.append(rotation)
    key = entry.text("id")
    spans = list(_entries(entry, "final_schedule", export))
    export.schedules[key] = ScheduleRecord(
        key,
        name,
        zone,
        entry.position,
        tuple(rotations),
        tuple(
            ExceptionRecord(one.person, one.start, one.end)
            for one in _entries(entry, "overrides_subschedule", export)
        ),
        rendering(spans, source.window, rendered="final_schedule" in entry),
    )


def read_person(reference: Json, export: Export) -> str:
    """Return the key of somebody who is mentioned, after adding them if they are new."""
    key = reference.text("id")
    return export.add_person(key, reference.text("summary", reference.text("name", "")))


def _layer(layer: Json, zone: str, level: int, export: Export, source: Source) -> Rotation | None:
    """Return a layer; None, with a note, for one that has ended or cannot be written."""
    notes, tz = source.notes, load_zone(zone)
    name = layer.text("name", f"layer {level}")
    if "end" in layer and layer.instant("end") <= source.as_of:
        message = f'layer "{name}" has ended and is omitted'
        notes.add(NoteKind.LOST, layer.position, message)
        return None
    people = [read_person(one.at("user"), export) for one in layer.items("users")]
    if not people:
        message = f'layer "{name}" has no users, so it never applies; it is omitted'
        notes.add(NoteKind.LOST, layer.position, message)
        return None
    seconds = layer.number("rotation_turn_length_seconds")
    length = turn_length(seconds)
    if length is None or too_long(length):
        message = (
            f'layer "{name}": a turn of {seconds} s is no whole number of hours, days or weeks up '
            "to a year; choose another length in PagerDuty, or write the layer by hand"
        )
        notes.add(NoteKind.LOST, layer.at("rotation_turn_length_seconds").position, message)
        return None

    def wall(key: str) -> datetime:
        instant = whole_minutes(layer.instant(key), layer.at(key).position, notes)
        return wall_time(instant, tz)

    windows = [_window(one, notes) for one in layer.items("restrictions")]
    return Rotation(
        name=name,
        position=layer.position,
        turns=tuple((person,) for person in people),
        every=length.every,
        unit=length.unit,
        origin=wall("rotation_virtual_start"),
        zone=zone,
        starts=wall("start"),
        ends=wall("end") if "end" in layer else None,
        windows=tuple(one for group in windows for one in group),
        level=level,
        key=layer.text("id", str(level)),
    )


def _window(restriction: Json, notes: Notes) -> list[Window]:
    clock = restriction.clock("start_time_of_day")
    seconds = restriction.number("duration_seconds")
    start = clock.hour * 60 + clock.minute
    end = whole_minutes(start * 60 + seconds, restriction.at("duration_seconds").position, notes)
    minutes = round(end / 60) - start
    kind = restriction.text("type")
    if kind == "daily_restriction":
        return [Window(day * MINUTES_OF_DAY + start, minutes) for day in range(7)]
    if kind == "weekly_restriction":
        day = restriction.number("start_day_of_week") - 1  # 1 is Monday
        if not 0 <= day < 7:
            raise restriction.at("start_day_of_week").error("1 (Monday) to 7 is expected")
        return [Window(day * MINUTES_OF_DAY + start, minutes)]
    raise restriction.at("type").error("daily_restriction or weekly_restriction is expected")


def _entries(entry: Json, key: str, export: Export) -> Iterator[Span]:
    """Yield the rendered entries of a part of the schedule."""
    if key not in entry:
        return
    for one in entry.at(key).items("rendered_schedule_entries"):
        yield Span(read_person(one.at("user"), export), one.instant("start"), one.instant("end"))
