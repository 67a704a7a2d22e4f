"""Calendars for commands that work without a running gateway: files are read, URLs are not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gateway.calendars.events import CalendarError
from gateway.config.load import Config
from gateway.config.source.regular_file import read_regular
from gateway.core.oncall.calendar_events import CalendarCopy
from gateway.core.plan.calendars import (
    CalendarKey,
    CalendarSource,
    calendars_of,
    reading_span,
    with_calendars,
)


@dataclass(frozen=True, slots=True)
class OfflineConfig:
    """A configuration with the events of its calendar files.

    `notes` say which calendars were not read. `errors` and `warnings` are about the files.
    """

    config: Config
    notes: Sequence[str] = ()
    errors: Sequence[str] = ()
    warnings: Sequence[str] = ()


def with_calendar_files(config: Config, now: float) -> OfflineConfig:
    """Return the configuration with the events of its calendar files at `now`."""
    copies: dict[CalendarKey, CalendarCopy] = {}
    notes: list[str] = []
    errors: list[str] = []
    warnings: list[str] = []
    for key in calendars_of(config.plan):
        source = config.calendars.sources[key.address]
        if source.url is not None:
            notes.append(f"calendar {key.address}: a URL is read by a running gateway only")
            continue
        try:
            copies[key], problems = _read(source, key, now)
        except CalendarError as error:
            errors.append(f"calendar {key.address}: {error}")
        else:
            warnings += [f"calendar {key.address}: {problem}" for problem in problems]
    installed = with_calendars(config.plan, copies)
    for key, names in installed.unknown.items():
        for name in names:
            hint = f"; did you mean {name.nearest}?" if name.nearest else ""
            text = f'the event "{name.summary}" names nobody under people:{hint}'
            warnings.append(f"calendar {key.address}: {text}")
    if installed.plan is not config.plan:
        config = replace(config, plan=installed.plan)
    return OfflineConfig(config, notes, errors, warnings)


def _read(
    source: CalendarSource, key: CalendarKey, now: float
) -> tuple[CalendarCopy, Sequence[str]]:
    # It imports asyncio, which takes longer than all that commands without a calendar do.
    from gateway.calendars.process import ReadRequest, read_apart_now

    try:
        raw = read_regular(Path(source.path))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its path is not valid"
        raise CalendarError(f"the file cannot be read: {reason}") from None
    start, end = reading_span(key, now)
    read = read_apart_now(ReadRequest(raw, key.zone, start, end))
    return CalendarCopy(read.events, start, end), read.problems
