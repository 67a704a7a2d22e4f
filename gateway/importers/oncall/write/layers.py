"""Rotations as layers: the start is chosen so that the right member is first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.core.oncall.types import Handover, Layer, Restriction
from gateway.core.time.wallclock import load_zone, wall_time
from gateway.importers.oncall.model.schedule import Rotation
from gateway.importers.oncall.write.weekly import restrictions

_STEP = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}


def layers_of(rotation: Rotation, people: Mapping[str, str], as_of: float) -> list[Layer]:
    """Return the layers that put the same people on call from `as_of` on (unix seconds UTC).

    `people` are ids by keys of the export. The members keep the order of the export where the
    rotation began before `as_of`. There are two layers where it begins in the middle of a turn
    in the future, and none where it has ended or never applies.
    """
    rules = restrictions(rotation.windows) if rotation.windows else ()
    now = wall_time(as_of, load_zone(rotation.zone))
    if rules is None or not any(rotation.turns):
        return []
    if rotation.ends is not None and rotation.ends <= max(now, rotation.starts or now):
        return []
    turns = tuple(tuple(people[key] for key in turn) for turn in rotation.turns)
    draft = _Draft(rotation, rules, rotation.ends)
    if rotation.starts is None or rotation.starts <= now:
        first = _turn_number(rotation, now)
        first -= first % len(turns)
        while rotation.unit == "month" and _handover(rotation, first).day != rotation.origin.day:
            first -= len(turns)  # a start in a shorter month would move the day for good
        return draft.layers(turns, _handover(rotation, first))
    number = _turn_number(rotation, rotation.starts)
    if len(turns) == 1 or _handover(rotation, number) == rotation.starts:
        return draft.layers(_rotated(turns, number), rotation.starts)
    # It begins within a turn, whose first part is over before: that turn is a layer of its own.
    following = _handover(rotation, number + 1)
    ends = following if rotation.ends is None else min(following, rotation.ends)
    partial = _Draft(rotation, rules, ends, " first turn")
    result = partial.layers(_rotated(turns, number)[:1], rotation.starts)
    if rotation.ends is None or following < rotation.ends:
        result += draft.layers(_rotated(turns, number + 1), following)
    return result


@dataclass(frozen=True, slots=True)
class _Draft:
    """What the layers of a rotation share."""

    rotation: Rotation
    rules: tuple[Restriction, ...]
    ends: datetime | None
    suffix: str = ""

    def layers(self, turns: tuple[tuple[str, ...], ...], start: datetime) -> list[Layer]:
        """Return the layer that begins with the first of these turns; none for turns of nobody."""
        if not any(turns):
            return []
        unit, every = self.rotation.unit, self.rotation.every
        weekday = start.weekday() if unit == "week" else None
        return [
            Layer(
                turns=turns,
                every=every,
                unit=unit,
                handover=Handover(start.time(), weekday),
                start=start.date(),
                restrictions=self.rules,
                end=self.ends,
                name=self.rotation.name + self.suffix,
            )
        ]


def _rotated(turns: tuple[tuple[str, ...], ...], number: int) -> tuple[tuple[str, ...], ...]:
    at = number % len(turns)
    return turns[at:] + turns[:at]


def _turn_number(rotation: Rotation, wall: datetime) -> int:
    """Return the number of the turn at a wall-clock time."""
    origin, every = rotation.origin, rotation.every
    if rotation.unit != "month":
        return (wall - origin) // (every * _STEP[rotation.unit])
    months = (wall.year - origin.year) * 12 + wall.month - origin.month
    number = months // every
    while _handover(rotation, number) > wall:
        number -= 1
    while _handover(rotation, number + 1) <= wall:
        number += 1
    return number


def _handover(rotation: Rotation, number: int) -> datetime:
    """Return the wall-clock time at which a turn begins."""
    origin, every = rotation.origin, rotation.every
    if rotation.unit != "month":
        return origin + number * every * _STEP[rotation.unit]
    year, month = divmod(origin.year * 12 + origin.month - 1 + number * every, 12)
    day = origin.day
    while True:
        try:
            return origin.replace(year=year, month=month + 1, day=day)
        except ValueError:
            day -= 1  # the last day of a shorter month
