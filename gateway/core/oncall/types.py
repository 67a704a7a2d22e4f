"""Parts of a rota: layers of rotations, restrictions, overrides.

**Layers** are read top to bottom; a later layer takes over from the earlier ones wherever it
applies, as in PagerDuty's final schedule. Where it does not apply (before its start, outside its
restrictions) the one before it shows through.

**A rotation counts by its own rule.** Turns follow one another by hours, days, weeks or months on
the wall clock of the rota's zone; restrictions decide when a turn is worked, never whose turn it
is. Two people who rotate daily but work only Monday to Friday still change on Saturday and Sunday.

**A turn** belongs to one person, to several who are on call together, or to nobody: then the layer
does not apply, and the one before it shows through.

**Overrides** win over all layers, and among those that apply at an instant the one declared last
wins. **Changes** are overrides made at run time; they win over the overrides of the file. All
intervals hold their start and not their end.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal, get_args

from gateway.core.oncall.event_layer import EventLayer
from gateway.core.time.business_hours import HolidayCalendar
from gateway.core.time.wallclock import load_zone

Unit = Literal["hour", "day", "week", "month"]

EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)
_UNITS: tuple[Unit, ...] = get_args(Unit)

# What falls outside is a slip (a year of three digits, milliseconds for seconds), and the
# calendar of the standard library ends not far beyond.
FIRST_YEAR, LAST_YEAR = 1970, 2999
LAST_INSTANT = 32_503_680_000.0  # 3000-01-01, unix seconds UTC
LONGEST_OVERRIDE = 2 * 366 * 86400.0
"""Seconds. A longer override has probably a wrong year, and is refused."""

_LONGEST_TURN: dict[Unit, int] = {"hour": 87_660, "day": 3_653, "week": 521, "month": 120}


@dataclass(frozen=True, slots=True)
class Handover:
    """When a turn ends and the next begins: a wall-clock time, and for weeks a day (0 Monday)."""

    at: time
    weekday: int | None = None

    def __post_init__(self) -> None:
        if self.at.tzinfo is not None:
            raise ValueError("handover: a wall-clock time has no zone; the rota's zone applies")
        if self.weekday is not None and self.weekday not in EVERY_DAY:
            raise ValueError(f"handover: weekday {self.weekday} is not 0 (Monday) to 6 (Sunday)")


@dataclass(frozen=True, slots=True)
class Restriction:
    """Hours of the week in which a layer applies, on the wall clock of the rota's zone.

    From ``start_time`` to ``end_time`` on each of ``weekdays`` (0 Monday). An end at or before the
    start is reached on the following day, and the whole window belongs to the day it starts on:
    Friday 20:00-08:00 ends on Saturday at 08:00; equal times mean 24 hours. (Rules of GoAlert's
    schedules.) Days of the calendar ``holidays`` are left out; None leaves out no day.
    """

    weekdays: tuple[int, ...] = EVERY_DAY
    start_time: time = time(0)
    end_time: time = time(0)
    holidays: HolidayCalendar | None = None

    def __post_init__(self) -> None:
        if not self.weekdays:
            raise ValueError("restriction: no weekday given, so it could never apply")
        unknown_days = [day for day in self.weekdays if day not in EVERY_DAY]
        if unknown_days:
            raise ValueError(
                f"restriction: weekday {unknown_days[0]} is not 0 (Monday) to 6 (Sunday)"
            )


@dataclass(frozen=True, slots=True)
class Anchor:
    """Whose turn it was when a layer was edited, so that an edit moves nobody's present turn.

    From ``since`` until ``until`` (unix seconds UTC) the turn is that of ``people``. At ``until``
    the layer's turn ``index`` begins, and the others follow it in the layer's order.
    """

    people: tuple[str, ...]
    since: float
    until: float
    index: int


@dataclass(frozen=True, slots=True)
class Layer:
    """People who take turns of ``every`` units, handed over at a wall-clock time.

    ``start`` is when the layer begins with its first turn: a date means that day at the
    handover time, a naive datetime means exactly then; it does not apply earlier, so a layer can be
    planned ahead on top of another. ``end``, read in the same way, is when it stops to apply; None
    is never. The first turn ends at the next handover, which makes it
    shorter when the start is not itself a handover. Weeks are counted from the handover's
    weekday on or before the start (the start's own weekday when none is given), days, hours and
    months from the start's date. Months from the 29th, 30th or 31st are handed over on the last
    day of the months that are shorter.

    ``restrictions`` are joined: the layer applies in any of them; with none it always applies.
    ``name`` identifies the layer when the rota is edited; empty: its position does.
    ``anchor`` is whose turn it was at the last edit; None: turns count from the start.
    """

    turns: tuple[tuple[str, ...], ...]
    every: int
    unit: Unit
    handover: Handover
    start: date
    restrictions: tuple[Restriction, ...] = ()
    end: date | None = None
    name: str = ""
    anchor: Anchor | None = None

    def __post_init__(self) -> None:
        if not self.members:
            raise ValueError("layer: members is empty; name at least one person")
        if self.unit not in _UNITS:
            raise ValueError(f"layer: unit {self.unit!r} is none of {', '.join(_UNITS)}")
        if not 1 <= self.every <= _LONGEST_TURN[self.unit]:
            raise ValueError(
                f"layer: a turn of {self.every} {self.unit}s; "
                f"it takes 1 to {_LONGEST_TURN[self.unit]} (ten years)"
            )
        if self.handover.weekday is not None and not self._counts_whole_weeks():
            raise ValueError(
                "layer: a handover with a weekday needs a rotation of whole weeks; "
                f"this one changes every {self.every} {self.unit}(s)"
            )
        _check_edge("start", self.start)
        if self.end is not None:
            _check_edge("end", self.end)
            if _wall_clock(self.end, self.handover) <= _wall_clock(self.start, self.handover):
                raise ValueError("layer: it ends at or before its start, so it could never apply")

    @property
    def members(self) -> tuple[str, ...]:
        """Everybody who has a turn, once, in order."""
        return tuple(dict.fromkeys(person for turn in self.turns for person in turn))

    def _counts_whole_weeks(self) -> bool:
        return self.unit == "week" or (self.unit == "day" and self.every % 7 == 0)


AnyLayer = Layer | EventLayer
"""People who take turns, or the events of a calendar."""


def _check_edge(name: str, edge: date) -> None:
    if isinstance(edge, datetime) and edge.tzinfo is not None:
        raise ValueError(f"layer: {name} is wall-clock time without a zone; the rota's applies")
    if not FIRST_YEAR <= edge.year <= LAST_YEAR:
        raise ValueError(f"layer: {name} {edge} is not in {FIRST_YEAR} to {LAST_YEAR}")


def _wall_clock(edge: date, handover: Handover) -> datetime:
    return edge if isinstance(edge, datetime) else datetime.combine(edge, handover.at)


@dataclass(frozen=True, slots=True)
class Override:
    """An exception from ``start`` to ``end`` (unix seconds UTC, the end excluded).

    - ``member`` alone takes over from anyone who would be on call, also from nobody.
    - ``member`` with ``replaces`` takes over only where the *layers* put ``replaces`` on call, and
      does nothing elsewhere. Because it reads the layers and not other overrides, "ben replaces
      ana" and "ana replaces ben" together are a swap, in either order.
    - ``member`` with ``beside=True`` is notified as well as the person on call.
    - ``member=None`` with ``replaces``: that person is away; an earlier layer shows through.
    - ``member=None`` alone: nobody is on call. It shows as a gap.

    In a change made at run time, ``replaces`` reads the schedule of the whole file, its overrides
    included. ``id`` names such a change; it is empty for the overrides of the file.
    """

    member: str | None
    start: float
    end: float
    replaces: str | None = None
    beside: bool = False
    id: str = ""

    def __post_init__(self) -> None:
        if not (0 <= self.start < LAST_INSTANT and 0 <= self.end < LAST_INSTANT):
            raise ValueError(
                f"override: start and end must lie in {FIRST_YEAR} to {LAST_YEAR}, in unix seconds"
            )
        if self.end <= self.start:
            raise ValueError("override: it ends at or before its start, so it could never apply")
        if self.beside and (self.member is None or self.replaces is not None):
            raise ValueError("override: beside needs a member, and does not go with replaces")


@dataclass(frozen=True, slots=True)
class Rota:
    """Who is on call when: layers under overrides under changes, in one IANA zone."""

    name: str
    zone: str
    layers: tuple[AnyLayer, ...]
    overrides: tuple[Override, ...] = ()
    changes: tuple[Override, ...] = ()
    gaps_allowed: bool = False  # times without anyone on call are meant, and not reported

    def __post_init__(self) -> None:
        load_zone(self.zone)
