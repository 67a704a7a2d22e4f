"""Opsgenie's rule: all rotations are on call together; an override takes those it names.

A turn is counted on the wall clock of the schedule from the rotation's start. An override's person
is on call for all of its time, also where the rotation is restricted.
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
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def users_at(rotation: Answer, zone: ZoneInfo, overrides: list[Answer], t: float) -> Iterator[str]:
    """The ids of the users whom a rotation has on call."""
    for one in reversed(overrides):
        if seconds(one["startDate"]) <= t < seconds(one["endDate"]):
            chosen = [each["id"] for each in one.get("rotations", [])]
            if not chosen or rotation["id"] in chosen:
                yield one["user"]["id"]
                return
    end = rotation.get("endDate")
    if t < seconds(rotation["startDate"]) or (end and t >= seconds(end)):
        return
    wall = datetime.fromtimestamp(t, zone).replace(tzinfo=None)
    if not _open(rotation.get("timeRestriction"), wall):
        return
    start = datetime.fromtimestamp(seconds(rotation["startDate"]), zone).replace(tzinfo=None)
    number = (wall - start) // (_LENGTH[rotation["type"]] * rotation["length"])
    participant = rotation["participants"][number % len(rotation["participants"])]
    if participant["type"] == "user":
        yield participant["id"]


def _open(restriction: Answer | None, wall: datetime) -> bool:
    if restriction is None:
        return True
    minute = wall.hour * 60 + wall.minute
    if restriction["type"] == "time-of-day":
        rule = restriction["restriction"]
        start = rule["startHour"] * 60 + rule["startMin"]
        end = rule["endHour"] * 60 + rule["endMin"]
        return start <= minute < end if start < end else minute >= start or minute < end
    now = wall.weekday() * 1440 + minute
    for rule in restriction["restrictions"]:
        start = _DAYS.index(rule["startDay"]) * 1440 + rule["startHour"] * 60 + rule["startMin"]
        end = _DAYS.index(rule["endDay"]) * 1440 + rule["endHour"] * 60 + rule["endMin"]
        if start <= now < end if start < end else now >= start or now < end:
            return True
    return False


def timeline(schedule: Answer, overrides: list[Answer], start: float, end: float) -> Answer:
    """The answer to the question for the final timeline in [start, end)."""
    zone = ZoneInfo(schedule["timezone"])
    rotations = []
    for order, rotation in enumerate(schedule["rotations"], start=1):
        entries = rendered(lambda t, one=rotation: users_at(one, zone, overrides, t), start, end)
        periods = [
            {
                "startDate": text(one.start),
                "endDate": text(one.end),
                "type": "default",
                "recipient": {"type": "user", "id": one.person},
            }
            for one in entries
        ]
        rotations.append(
            {"id": rotation["id"], "name": rotation["name"], "order": order, "periods": periods}
        )
    parent = {"id": schedule["id"], "name": schedule["name"], "enabled": True}
    data = {"_parent": parent, "startDate": text(start), "endDate": text(end),
            "finalTimeline": {"rotations": rotations}}  # fmt: skip
    return {"data": data, "took": 0.1, "requestId": "r-timeline"}
