"""PagerDuty's rule: the last layer that applies has the person on call; overrides hide layers.

A turn is counted on the wall clock from the virtual start. The list of layers comes last first.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.importers.oncall.reference.rendered import Entry, rendered, seconds, text

Answer = dict[str, Any]
_WEEK = 7 * 24 * 60


def person_at(schedule: Answer, zone: ZoneInfo, t: float) -> Iterator[str]:
    """The person on call; nobody in a gap."""
    for override in reversed(schedule.get("overrides", [])):
        if seconds(override["start"]) <= t < seconds(override["end"]):
            yield override["user"]["id"]
            return
    wall = datetime.fromtimestamp(t, zone).replace(tzinfo=None)
    for layer in schedule["schedule_layers"]:  # the first in the list is on top
        if t < seconds(layer["start"]) or (layer["end"] and t >= seconds(layer["end"])):
            continue
        if layer["restrictions"] and not any(_open(one, wall) for one in layer["restrictions"]):
            continue
        virtual = datetime.fromtimestamp(seconds(layer["rotation_virtual_start"]), zone)
        turn = timedelta(seconds=layer["rotation_turn_length_seconds"])
        number = (wall - virtual.replace(tzinfo=None)) // turn
        yield layer["users"][number % len(layer["users"])]["user"]["id"]
        return


def _open(restriction: Answer, wall: datetime) -> bool:
    hour, minute, _ = map(int, restriction["start_time_of_day"].split(":"))
    length = restriction["duration_seconds"] // 60
    now = wall.weekday() * 1440 + wall.hour * 60 + wall.minute
    if restriction["type"] == "daily_restriction":
        return (now - hour * 60 - minute) % 1440 < length
    start = (restriction["start_day_of_week"] - 1) * 1440 + hour * 60 + minute
    return (now - start) % _WEEK < length


def with_rendering(schedule: Answer, start: float, end: float) -> Answer:
    """The schedule as the API answers it, with its rendered parts in [start, end)."""
    zone = ZoneInfo(schedule["time_zone"])
    names = {
        one["user"]["id"]: one["user"]["summary"]
        for layer in schedule["schedule_layers"]
        for one in layer["users"]
    }

    def entry(one: Entry) -> Answer:
        user = {"id": one.person, "type": "user_reference", "summary": names.get(one.person)}
        return {"start": text(one.start), "end": text(one.end), "user": user}

    final = rendered(lambda t: person_at(schedule, zone, t), start, end)
    answer = {key: value for key, value in schedule.items() if key != "overrides"}
    answer["final_schedule"] = {
        "name": "Final Schedule",
        "rendered_schedule_entries": [entry(one) for one in final],
    }
    answer["overrides_subschedule"] = {
        "name": "Overrides",
        "rendered_schedule_entries": schedule.get("overrides", []),
    }
    return answer
