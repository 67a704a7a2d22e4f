"""Grafana OnCall's schedules: shifts at levels, overrides that hide every level, calendars."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from gateway.core.time.wallclock import instant, load_zone
from gateway.importers.oncall.grafana.rotations import rotations_of
from gateway.importers.oncall.grafana.shift import people_of, read_shift, wall_text
from gateway.importers.oncall.model.export import Export
from gateway.importers.oncall.model.schedule import (
    CalendarRecord,
    ExceptionRecord,
    Rendering,
    Rotation,
    ScheduleRecord,
    Span,
)
from gateway.importers.oncall.read.fixed_shifts import fixed_shifts
from gateway.importers.oncall.read.json_value import Json
from gateway.importers.oncall.read.notes import NoteKind
from gateway.importers.oncall.read.source import Source


def read_schedule(
    entry: Json,
    shifts: Mapping[str, Json],
    rendering: Rendering | None,
    export: Export,
    source: Source,
) -> None:
    """Add a schedule; one that is read from calendars becomes a rota that reads them too."""
    key, name, kind = entry.text("id"), entry.text("name"), entry.text("type")
    zone = entry.zone("time_zone", "UTC")
    primary, changes = entry.text("ical_url_primary", ""), entry.text("ical_url_overrides", "")
    if kind == "ical":
        if not primary:
            message = f'schedule "{name}" has no primary calendar; it is omitted'
            source.notes.add(NoteKind.LOST, entry.position, message)
            return
        calendar = CalendarRecord(primary, changes)
        export.schedules[key] = ScheduleRecord(key, name, zone, entry.position, calendar=calendar)
        return
    if changes:
        message = (
            f'schedule "{name}": its calendar of overrides; add a layer with ical: and that URL as '
            "the last one of its rotas"
        )
        source.notes.add(NoteKind.LOST, entry.at("ical_url_overrides").position, message)
    rotations: list[Rotation] = []
    overrides: list[Span] = []
    for one in entry.items("shifts"):
        shift = shifts.get(str(one.value))
        if shift is None:
            message = f'schedule "{name}": the shift {one.value} is not in the export'
            raise one.error(f"{message}; export on_call_shifts as well")
        if shift.text("type") == "override":
            overrides += _override(shift, zone, export, from_web=kind == "web")
        else:
            read = read_shift(shift, zone, export, from_web=kind == "web")
            rotations += rotations_of(read, source.notes)
    exceptions = tuple(_exceptions(overrides))
    export.schedules[key] = ScheduleRecord(
        key, name, zone, entry.position, tuple(rotations), exceptions, rendering
    )


def _override(shift: Json, zone: str, export: Export, *, from_web: bool) -> list[Span]:
    """Return the stretches of an override, one for each of its users.

    It ends on the wall clock: ten hours across the end of summer time last eleven.
    """
    tz = load_zone(shift.zone("time_zone", "UTC" if from_web else zone))
    opens = wall_text(shift, "start")
    closes = opens + timedelta(minutes=shift.number("duration") // 60)
    start, end = instant(opens, tz), instant(closes, tz)
    if end <= start:
        raise shift.at("duration").error("it lasts no time at all")
    return [Span(person, start, end) for person in people_of(shift, "users", export)]


def _exceptions(overrides: Sequence[Span]) -> list[ExceptionRecord]:
    """Return the overrides; people of two at the same time are on call together."""
    exceptions: list[ExceptionRecord] = []
    block: list[Span] = []
    for one in sorted(overrides, key=lambda span: span.start):
        if block and one.start >= max(span.end for span in block):
            exceptions += _block(block)
            block = []
        block.append(one)
    return [*exceptions, *(_block(block) if block else ())]


def _block(spans: Sequence[Span]) -> list[ExceptionRecord]:
    return fixed_shifts(spans[0].start, max(one.end for one in spans), spans)
