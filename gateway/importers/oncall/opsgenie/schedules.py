"""Opsgenie's schedules: rotations that are on call together, and overrides.

Facts: the wall clock of a rotation's start in the schedule's zone is its handover; a participant
may be nobody, a team or an escalation; restrictions never change whose turn it is.
"""

from collections.abc import Iterator
from dataclasses import replace

from gateway.core.oncall.types import Unit
from gateway.core.time.wallclock import load_zone, wall_time
from gateway.importers.oncall.model.export import Export
from gateway.importers.oncall.model.schedule import (
    ExceptionRecord,
    Rotation,
    ScheduleRecord,
    Span,
)
from gateway.importers.oncall.opsgenie.restrictions import windows
from gateway.importers.oncall.read.documents import TimeWindow
from gateway.importers.oncall.read.json_value import Json
from gateway.importers.oncall.read.notes import NoteKind
from gateway.importers.oncall.read.rendering import rendering
from gateway.importers.oncall.read.source import Source
from gateway.importers.oncall.read.turn_length import TurnLength, too_long
from gateway.importers.oncall.read.whole_minutes import whole_minutes

_UNITS: dict[str, Unit] = {"hourly": "hour", "daily": "day", "weekly": "week"}


def read_person(reference: Json, export: Export) -> str:
    """Return the key of a user who is mentioned; the user name is the e-mail address."""
    email = reference.text("username", reference.text("name", ""))
    key = reference.text("id", email)
    return export.add_person(key, email.partition("@")[0], email if "@" in email else "")


def read_schedule(entry: Json, export: Export, source: Source) -> None:
    """Add a schedule with everybody who is in it; a disabled one is omitted with a note."""
    name, key = entry.text("name"), entry.text("id")
    if not entry.flag("enabled", default=True):
        message = f'schedule "{name}" is disabled and is omitted'
        source.notes.add(NoteKind.LOST, entry.position, message)
        return
    if "rotations" not in entry:
        raise entry.error("it has no rotations: export schedules?expand=rotation")
    zone = entry.zone("timezone", "UTC")
    rotations = tuple(
        rotation
        for one in entry.items("rotations")
        if (rotation := _rotation(one, zone, export, source)) is not None
    )
    export.schedules[key] = ScheduleRecord(key, name, zone, entry.position, rotations)


def _rotation(one: Json, zone: str, export: Export, source: Source) -> Rotation | None:
    notes, tz = source.notes, load_zone(zone)
    name = one.text("name", one.text("id", "rotation"))
    if not one.flag("enabled", default=True):
        notes.add(NoteKind.LOST, one.position, f'rotation "{name}" is disabled and is omitted')
        return None
    if "endDate" in one and one.instant("endDate") <= source.as_of:
        notes.add(NoteKind.LOST, one.position, f'rotation "{name}" has ended and is omitted')
        return None
    kind = one.text("type")
    if kind not in _UNITS:
        raise one.at("type").error("hourly, daily or weekly is expected")
    length = TurnLength(one.number("length", 1), _UNITS[kind])
    if length.every < 1 or too_long(length):
        message = f'rotation "{name}": a turn of {length.every} {length.unit}s is not 1 to a year'
        notes.add(NoteKind.LOST, one.at("length").position, message)
        return None
    turns = tuple(_turn(each, name, export, source) for each in one.items("participants"))
    if not any(turns):
        notes.add(NoteKind.LOST, one.position, f'rotation "{name}" has no users; it is omitted')
        return None
    start = wall_time(
        whole_minutes(one.instant("startDate"), one.at("startDate").position, notes), tz
    )
    return Rotation(
        name=name,
        position=one.position,
        turns=turns,
        every=length.every,
        unit=length.unit,
        origin=start,
        zone=zone,
        starts=start,
        ends=wall_time(one.instant("endDate"), tz) if "endDate" in one else None,
        windows=tuple(windows(one)),
        key=one.text("id", name),
    )


def _turn(participant: Json, rotation: str, export: Export, source: Source) -> tuple[str, ...]:
    """Return the people of a turn; a team or an escalation is nobody, with a note."""
    kind = participant.text("type")
    if kind == "user":
        return (read_person(participant, export),)
    if kind != "none":
        message = (
            f'rotation "{rotation}": the turn of the {kind} '
            f'"{participant.text("name", participant.text("id", ""))}" is written as nobody\'s; '
            "put the people into it who should be on call then"
        )
        source.notes.add(NoteKind.LOST, participant.position, message)
    return ()


def read_override(entry: Json, schedule: str, export: Export) -> None:
    """Add an override to its schedule. Without rotations it concerns all of them."""
    record = export.schedules.get(schedule)
    if record is None:
        return
    chosen = frozenset(one.text("id") for one in entry.items("rotations"))
    person = read_person(entry.at("user"), export)
    start, end = entry.instant("startDate"), entry.instant("endDate")
    if end <= start:
        raise entry.error("the override ends at or before its start")
    exceptions = [ExceptionRecord(person, start, end, rotations=chosen or None)]
    if chosen:
        # The person is on call for all of the time, the other rotations beside them.
        exceptions.append(ExceptionRecord(person, start, end, beside=True))
    export.schedules[schedule] = replace(record, exceptions=(*record.exceptions, *exceptions))


def read_timeline(timeline: Json, schedule: str, export: Export, source: Source) -> None:
    """Add the final timeline of a schedule, which is what Opsgenie itself says."""
    record = export.schedules.get(schedule)
    if record is None:
        return
    window = TimeWindow(timeline.instant("startDate"), timeline.instant("endDate"))
    if source.window is not None:
        start, end = source.window.start, source.window.end
        window = TimeWindow(max(window.start, start), min(window.end, end))
    spans = [
        span
        for rotation in timeline.at("finalTimeline").items("rotations")
        for period in rotation.items("periods")
        for span in _spans(period, export)
    ]
    export.schedules[schedule] = replace(record, rendering=rendering(spans, window, rendered=True))


def _spans(period: Json, export: Export) -> Iterator[Span]:
    start, end = period.instant("startDate"), period.instant("endDate")
    if "recipient" in period and period.at("recipient").text("type", "user") == "user":
        yield Span(read_person(period.at("recipient"), export), start, end)
        return
    for one in period.items("flattenedRecipients"):
        if one.text("type", "user") == "user":
            yield Span(read_person(one, export), start, end)
