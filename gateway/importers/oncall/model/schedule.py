"""Schedules as records: rotations at levels, exceptions, and the product's own rendering.

**Levels** unite the products: where rotations of a higher level apply they hide all lower ones;
those of the same level are on call together. PagerDuty's layers have a level each, the rotations of
Opsgenie and GoAlert share one, and Grafana OnCall has both.
"""

from dataclasses import dataclass
from datetime import datetime

from gateway.core.oncall.types import Unit
from gateway.importers.oncall.model.position import Position

MINUTES_OF_DAY = 24 * 60
MINUTES_OF_WEEK = 7 * MINUTES_OF_DAY


@dataclass(frozen=True, slots=True)
class Window:
    """Minutes of the week in which a rotation applies.

    ``start`` counts minutes from Monday 00:00 on the wall clock. ``minutes`` is the length, up to a
    week; it may pass midnight and Sunday.
    """

    start: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Rotation:
    """Turns of people, handed over on the wall clock of ``zone``.

    Turn 0 is that of the first entry of ``turns`` and begins at ``origin``; others follow it and
    come before it, each ``every`` units long. The rotation applies from ``starts`` to ``ends``
    (wall-clock times; None is without bound), in any of its ``windows``; without windows always.
    An empty turn is nobody's. People are keys of the export.
    """

    name: str
    position: Position
    turns: tuple[tuple[str, ...], ...]
    every: int
    unit: Unit
    origin: datetime
    zone: str
    starts: datetime | None = None
    ends: datetime | None = None
    windows: tuple[Window, ...] = ()
    level: int = 0
    key: str = ""


@dataclass(frozen=True, slots=True)
class ExceptionRecord:
    """An override, as the core's `Override`; people are keys of the export.

    ``rotations`` are the keys of the rotations that it concerns; None is all of them.
    """

    person: str | None
    start: float
    end: float
    replaces: str | None = None
    beside: bool = False
    rotations: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A person's stretch on call in a rendering (unix seconds UTC, the end excluded)."""

    person: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Rendering:
    """Who is on call in [start, end) as the product itself says (unix seconds UTC).

    ``longest`` is whether the product says it for no longer time than this.
    """

    start: float
    end: float
    spans: tuple[Span, ...]
    longest: bool = False


@dataclass(frozen=True, slots=True)
class CalendarRecord:
    """The URLs of the calendars that a schedule is read from."""

    url: str
    overrides_url: str = ""


@dataclass(frozen=True, slots=True)
class ScheduleRecord:
    """One schedule. ``rendering`` is None where the export has none."""

    key: str
    name: str
    zone: str
    position: Position
    rotations: tuple[Rotation, ...] = ()
    exceptions: tuple[ExceptionRecord, ...] = ()
    rendering: Rendering | None = None
    calendar: CalendarRecord | None = None
