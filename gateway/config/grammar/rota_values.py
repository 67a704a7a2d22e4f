"""Field types of dates, times, turns and weekdays, as rotas and business hours use them."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import TypeVar

from gateway.config.grammar.field_types import Text
from gateway.config.grammar.holidays import parse_holiday
from gateway.core.oncall.rota import Handover, Unit
from gateway.core.oncall.text import (
    Rotation,
    parse_handover,
    parse_rotate,
    parse_time_of_day,
    parse_weekdays,
)
from gateway.core.time.wallclock import instant, load_zone

WORKDAYS = "workdays"
BUSINESS_DAYS = (7,)
"""Stands for the days of business_hours without its holidays; it is no weekday."""

_LONGEST_TURN: Mapping[Unit, int] = {"hour": 8784, "day": 366, "week": 53, "month": 12}


def _date(text: str) -> date:
    """Return a day, or a wall-clock time without a zone, at which a layer starts."""
    moment: date
    try:
        if len(text) <= len("2026-01-05"):
            moment = date.fromisoformat(text)
        else:
            moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f'"{text}" is not a date: write 2026-01-05 or 2026-01-05 09:00') from None
    if isinstance(moment, datetime) and moment.tzinfo is not None:
        raise ValueError(f'"{text}": leave the offset out, the time zone of the rota applies')
    return _near(moment)


_Day = TypeVar("_Day", bound=date)


def _near(day: _Day) -> _Day:
    """Return a day if its year is in the range of the calendar. Raises ValueError."""
    if not 1970 <= day.year < 2200:
        raise ValueError(f"the year {day.year} is not between 1970 and 2199")
    return day


Moment = Callable[[str], float]  # given the zone's name, unix seconds


def _moment(text: str) -> Moment:
    """Return a function from a zone's name to the instant (unix seconds).

    A text with an offset is the same instant in any zone.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f'"{text}" is not a time: write 2026-12-24 18:00 (in the zone of the rota) '
            "or 2026-12-24T18:00:00Z"
        ) from None
    _near(moment)
    if moment.tzinfo is None:
        return lambda zone: instant(moment, load_zone(zone))
    return lambda zone: moment.timestamp()


def _rotate(text: str) -> Rotation:
    rotation = _unnamed(parse_rotate, text)
    if rotation.every > _LONGEST_TURN[rotation.unit]:
        raise ValueError(f'"{text}" is longer than a year')
    return rotation


def _handover(text: str) -> Handover:
    return _unnamed(parse_handover, text)


def _clock(text: str) -> time:
    return _unnamed(parse_time_of_day, text)


def _weekdays(text: str) -> tuple[int, ...]:
    return _unnamed(parse_weekdays, text.replace("..", "-"))


def _duty_days(text: str) -> tuple[int, ...]:
    if text.strip().lower() == WORKDAYS:
        return BUSINESS_DAYS
    return _weekdays(text)


_Value = TypeVar("_Value")


def _unnamed(parse: Callable[[str], _Value], text: str) -> _Value:
    """Return what `parse` returns, or raise its error without the name of the field.

    The error of `Text` begins with that name already.
    """
    try:
        return parse(text)
    except ValueError as error:
        raise ValueError(str(error).partition(": ")[2]) from None


DATE = Text("date", _date, "^[0-9]{4}-")
MOMENT = Text("time", _moment, "^[0-9]{4}-")
ROTATE = Text("length of a turn", _rotate)
HANDOVER = Text("time of a handover", _handover, ":")
CLOCK = Text("time of day", _clock, ":")
WEEKDAYS = Text("weekday, or a range of them", _weekdays)
DUTY_DAYS = Text("weekday, a range of them, or workdays", _duty_days)
HOLIDAY = Text("region such as DE-BE, or date", parse_holiday)
