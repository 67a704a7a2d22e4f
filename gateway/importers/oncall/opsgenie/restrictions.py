"""Opsgenie's time restrictions of a rotation as windows of the week."""

from collections.abc import Iterator

from gateway.core.oncall.text import parse_weekday
from gateway.importers.oncall.model.schedule import MINUTES_OF_DAY, MINUTES_OF_WEEK, Window
from gateway.importers.oncall.read.json_value import Json

_LAST_HOUR = 24


def windows(rotation: Json) -> Iterator[Window]:
    """Yield the windows; an end at or before the start is reached a day, or a week, later."""
    if "timeRestriction" not in rotation:
        return
    restriction = rotation.at("timeRestriction")
    kind = restriction.text("type")
    if kind == "time-of-day":
        # The published model has one object; a list was seen as well.
        rules = list(restriction.items("restrictions")) if "restrictions" in restriction else []
        if "restriction" in restriction:
            rules.append(restriction.at("restriction"))
        for rule in rules:
            start, end = _minute(rule, "start"), _minute(rule, "end")
            length = (end - start) % MINUTES_OF_DAY or MINUTES_OF_DAY
            for day in range(7):
                yield Window(day * MINUTES_OF_DAY + start, length)
    elif kind == "weekday-and-time-of-day":
        for rule in restriction.items("restrictions"):
            start = _day(rule, "startDay") * MINUTES_OF_DAY + _minute(rule, "start")
            end = _day(rule, "endDay") * MINUTES_OF_DAY + _minute(rule, "end")
            yield Window(start, (end - start) % MINUTES_OF_WEEK or MINUTES_OF_WEEK)
    else:
        raise restriction.at("type").error("time-of-day or weekday-and-time-of-day is expected")


def _minute(rule: Json, edge: str) -> int:
    hour, minute = rule.number(f"{edge}Hour"), rule.number(f"{edge}Min", 0)
    if not (0 <= hour <= _LAST_HOUR and 0 <= minute < 60):  # 60 minutes an hour
        raise rule.at(f"{edge}Hour").error("an hour from 0 to 24 is expected")
    return hour * 60 + minute


def _day(rule: Json, key: str) -> int:
    try:
        return parse_weekday(rule.text(key))
    except ValueError as error:
        raise rule.at(key).error(str(error)) from None
