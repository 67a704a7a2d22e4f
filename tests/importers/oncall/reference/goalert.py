"""GoAlert's rule: the rules of a schedule add up; a temporary schedule replaces all of them.

The active user stays until the next handover, and the others follow in order; handovers are on the
wall clock of the rotation, rules on that of the schedule.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.importers.oncall.reference.rendered import rendered, seconds, text

Answer = dict[str, Any]
_LENGTH = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
}


def user_of(rotation: Answer, as_of: float, t: float) -> str:
    """The user whose turn it is, counted from the active one at `as_of`."""
    zone = ZoneInfo(rotation["timeZone"])
    moves = _turns(rotation, zone, t) - _turns(rotation, zone, as_of)
    users: list[str] = rotation["userIDs"]
    return users[(rotation["activeUserIndex"] + moves) % len(users)]


def _turns(rotation: Answer, zone: ZoneInfo, t: float) -> int:
    """How many handovers there were since the start of the rotation."""
    start = datetime.fromtimestamp(seconds(rotation["start"]), zone).replace(tzinfo=None)
    wall = datetime.fromtimestamp(t, zone).replace(tzinfo=None)
    if rotation["type"] == "monthly":
        months = (wall.year - start.year) * 12 + wall.month - start.month
        if (wall.day, wall.time()) < (start.day, start.time()):
            months -= 1
        return months // int(rotation["shiftLength"])
    return (wall - start) // (_LENGTH[rotation["type"]] * rotation["shiftLength"])


def handoffs(rotation: Answer, start: float, end: float) -> list[str]:
    """The quarters of an hour in [start, end) at which a turn is over; at least one."""
    zone = ZoneInfo(rotation["timeZone"])
    times: list[str] = []
    t, number = start, _turns(rotation, zone, start)
    while t < end or not times:
        t += 900
        if (present := _turns(rotation, zone, t)) != number:
            number = present
            times.append(text(t))
    return times


def users_at(
    schedule: Answer, rotations: Answer, overrides: list[Answer], as_of: float, t: float
) -> Iterator[str]:
    """Everybody on call in a schedule."""
    for one in schedule["temporarySchedules"]:
        if seconds(one["start"]) <= t < seconds(one["end"]):
            yield from (
                shift["userID"]
                for shift in one["shifts"]
                if seconds(shift["start"]) <= t < seconds(shift["end"])
            )
            return
    wall = datetime.fromtimestamp(t, ZoneInfo(schedule["timeZone"])).replace(tzinfo=None)
    active = [
        one
        for one in overrides
        if one["target"]["id"] == schedule["id"]
        and seconds(one["start"]) <= t < seconds(one["end"])
    ]
    removed = {one["removeUserID"]: "" for one in active if not one["addUserID"]}
    replaced = {one["removeUserID"]: one["addUserID"] for one in active if one["addUserID"]}
    replaced.pop("", None)
    for target in schedule["targets"]:
        if not any(_applies(rule, wall) for rule in target["rules"]):
            continue
        key = target["target"]["id"]
        user = key if target["target"]["type"] == "user" else user_of(rotations[key], as_of, t)
        user = {**removed, **replaced}.get(user, user)
        if user:
            yield user
    for one in active:
        if not one["removeUserID"]:
            yield one["addUserID"]


def _applies(rule: Answer, wall: datetime) -> bool:
    """Whether a rule applies; what begins on a day belongs to it, also after midnight."""
    start, end = (int(rule[edge][:2]) * 60 + int(rule[edge][3:]) for edge in ("start", "end"))
    minute, day = wall.hour * 60 + wall.minute, (wall.weekday() + 1) % 7  # 0 is Sunday
    today, yesterday = rule["weekdayFilter"][day], rule["weekdayFilter"][day - 1]
    if start < end:
        return bool(today and start <= minute < end)
    return bool((today and minute >= start) or (yesterday and minute < end))


def with_shifts(
    schedule: Answer, rotations: Answer, overrides: list[Answer], start: float, end: float
) -> Answer:
    """The schedule with its shifts in [start, end), as the API answers it."""
    entries = rendered(lambda t: users_at(schedule, rotations, overrides, start, t), start, end)
    shifts = [
        {"userID": one.person, "start": text(one.start), "end": text(one.end),
         "truncated": one.end >= end}
        for one in entries
    ]  # fmt: skip
    return {**schedule, "shifts": shifts}
