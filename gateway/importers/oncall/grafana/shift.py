"""A Grafana OnCall shift as the product counts it: groups of people, events, and bounds.

Facts, from the product's source: times have no zone and are in that of the shift, else of the
schedule, and for schedules made in the web in UTC; the week of a rotation begins on `week_start`; a
start on a day that is not selected moves to the first selected day of that week's order.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.core.time.wallclock import instant, load_zone, wall_time
from gateway.importers.oncall.model.export import Export
from gateway.importers.oncall.model.position import Position
from gateway.importers.oncall.read.json_value import Json

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FREQUENCIES = ("", "hourly", "daily", "weekly", "monthly")
"""How often a shift recurs; empty is once."""

_UTC = load_zone("UTC")
_LONGEST = 10 * 366 * 86400
People = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shift:
    """A shift of any type but an override.

    ``groups`` take turns, each ``interval`` times the frequency. An event begins at ``start`` (wall
    clock of ``zone``) or on the selected ``days`` (0 Monday), and lasts ``minutes``.
    ``rotation_start`` and ``until`` are wall-clock times; ``from_web`` is whether they cut events.
    """

    name: str
    position: Position
    key: str
    level: int
    zone: str
    groups: tuple[People, ...]
    frequency: str
    interval: int
    start: datetime
    minutes: int
    days: tuple[int, ...]
    week_start: int
    rotation_start: datetime | None
    until: datetime | None
    from_web: bool
    rolling: bool
    months: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()

    @property
    def first_event(self) -> datetime:
        """Return the start of the first event; of selected days the first in order of the week."""
        if not self.days or self.start.weekday() in self.days:
            return self.start
        first = self.days_in_order[0]
        return self.start + timedelta(days=(first - self.start.weekday()) % 7)

    @property
    def days_in_order(self) -> tuple[int, ...]:
        """Return the selected days from the first day of the week on."""
        return tuple(sorted(self.days, key=lambda day: (day - self.week_start) % 7))


def read_shift(entry: Json, zone: str, export: Export, *, from_web: bool) -> Shift:
    """Return a shift of a schedule with this default zone. Raises ExportError."""
    kind = entry.text("type")
    zone = entry.zone("time_zone", "UTC" if from_web else zone)
    frequency = entry.text("frequency", "") if kind != "single_event" else ""
    if frequency not in FREQUENCIES:
        raise entry.at("frequency").error("hourly, daily, weekly or monthly is expected")
    seconds = entry.number("duration")
    if not 60 <= seconds <= _LONGEST:
        raise entry.at("duration").error("seconds from a minute to ten years are expected")
    if entry.number("interval", 1) < 1:
        raise entry.at("interval").error("1 or more is expected")
    return Shift(
        name=entry.text("name", "") or entry.text("id"),
        position=entry.position,
        key=entry.text("id"),
        level=entry.number("level", 0),
        zone=zone,
        groups=_groups(entry, kind, export),
        frequency=frequency,
        interval=entry.number("interval", 1),
        start=wall_text(entry, "start"),
        minutes=round(seconds / 60),
        days=tuple(_day(one) for one in entry.items("by_day")),
        week_start=_day(entry.at("week_start")) if "week_start" in entry else DAYS.index("SU"),
        rotation_start=_bound(entry, "rotation_start", zone, utc=from_web),
        until=_bound(entry, "until", zone, utc=True),
        from_web=from_web,
        rolling=kind == "rolling_users",
        months=tuple(entry.numbers("by_month")),
        month_days=tuple(entry.numbers("by_monthday")),
    )


def wall_text(entry: Json, key: str) -> datetime:
    """Return a time without a zone, to the minute."""
    moment = entry.moment(key)
    if moment.tzinfo is not None:
        raise entry.at(key).error("a time without an offset is expected: 2026-12-01T09:00:00")
    return moment.replace(second=0, microsecond=0)


def _bound(entry: Json, key: str, zone: str, *, utc: bool) -> datetime | None:
    """Return the wall-clock time of a bound that the product reads in UTC, or in the zone."""
    if key not in entry:
        return None
    wall = wall_text(entry, key)
    return wall_time(instant(wall, _UTC), load_zone(zone)) if utc else wall


def _groups(entry: Json, kind: str, export: Export) -> tuple[People, ...]:
    """Return the people of each turn; those of a shift that does not roll are one turn."""
    if kind != "rolling_users":
        return (people_of(entry, "users", export),)
    groups = []
    for group in entry.items("rolling_users"):
        if not isinstance(group.value, list):
            raise group.error("a list of users is expected")
        groups.append(tuple(export.add_person(str(one), "") for one in group.value))
    first = entry.number("start_rotation_from_user_index", 0)
    return (*groups[first:], *groups[:first])


def people_of(entry: Json, key: str, export: Export) -> People:
    """Return the keys of users, after adding those that are new."""
    return tuple(export.add_person(str(one.value), "") for one in entry.items(key))


def _day(day: Json) -> int:
    if day.value not in DAYS:
        raise day.error(f"one of {', '.join(DAYS)} is expected")
    return DAYS.index(day.value)
