"""Reading of a time interval as it is written in Alertmanager's configuration.

Stricter than Alertmanager about what can never hold: month 13, an empty list. More generous in one
case: Alertmanager refuses ``28:-1`` because of February.
"""

import re
from collections.abc import Callable, Mapping, Sequence

from gateway.core.time.interval import Ranges, TimeInterval
from gateway.core.time.wallclock import load_zone

WEEKDAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_FIELDS = ("times", "weekdays", "days_of_month", "months", "years", "location")
_TIME = re.compile("(?:([01][0-9]|2[0-3]):([0-5][0-9])|24:00)")
_WHOLE_NUMBER = re.compile("-?[0-9]{1,9}")


def parse_time_interval(mapping: Mapping[str, object]) -> TimeInterval:
    """Return the interval that a mapping with Alertmanager's field names describes.

    A single value may stand for a list of one. Raises ValueError, naming the field and what is
    allowed there.
    """
    for key in mapping:
        if key not in _FIELDS:
            raise ValueError(f"{key}: no such field in a time interval, only {', '.join(_FIELDS)}")
    location = mapping.get("location")
    if location is None:
        location = "UTC"
    if not isinstance(location, str):
        raise ValueError(f"location: must be the name of a time zone, not {location!r}")
    try:
        load_zone(location)
    except ValueError as error:
        raise ValueError(f"location: {error}") from None
    return TimeInterval(
        times=tuple(_time_range(one) for one in _items(mapping, "times")),
        weekdays=_ranges(mapping, "weekdays", _weekday),
        days_of_month=_ranges(mapping, "days_of_month", _day_of_month, _check_days),
        months=_ranges(mapping, "months", _month),
        years=_ranges(mapping, "years", _year),
        location=location,
    )


def _items(mapping: Mapping[str, object], field: str) -> Sequence[object]:
    value = mapping.get(field)
    if value is None:
        return ()
    if isinstance(value, str | int | Mapping):
        return (value,)
    if not isinstance(value, Sequence):
        raise ValueError(f"{field}: must be a list, not {value!r}")
    if not value:
        raise ValueError(f"{field}: an empty list never matches; leave the field out for always")
    return value


def _time_range(value: object) -> tuple[int, int]:
    if not isinstance(value, Mapping) or not {"start_time", "end_time"}.issuperset(value):
        raise ValueError(f"times: {value!r} must have a start_time and an end_time, nothing else")
    start, end = _minute(value, "start_time"), _minute(value, "end_time")
    if start >= end:
        raise ValueError(
            f"times: start_time {value['start_time']!r} must be before end_time "
            f"{value['end_time']!r}; over midnight takes two entries, until 24:00 and from 00:00"
        )
    return start, end


def _minute(value: Mapping[str, object], field: str) -> int:
    text = value.get(field)
    if text is None:
        raise ValueError(f"times: {field} is missing: start_time and end_time are both required")
    # YAML 1.1 reads an unquoted 17:00 as the number 1020.
    match = _TIME.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise ValueError(f"times: {field} {text!r} must be '00:00' to '24:00', in quotes")
    hour, minute = match.groups()
    return 24 * 60 if hour is None else int(hour) * 60 + int(minute)


def _ranges(
    mapping: Mapping[str, object],
    field: str,
    member: Callable[[str], int],
    check: Callable[[int, int], str | None] | None = None,
) -> Ranges:
    """Read ``first:last`` or one value from every item of a field."""
    ranges = []
    for item in _items(mapping, field):
        if isinstance(item, bool) or not isinstance(item, str | int):
            raise ValueError(f"{field}: {item!r} must be a text like 'first:last' or one value")
        text = str(item).lower()
        parts = [part.strip() for part in text.split(":")]
        if len(parts) > 2:
            raise ValueError(f"{field}: {item!r} must have one colon at most, as in 'first:last'")
        try:
            first, last = member(parts[0]), member(parts[-1])
        except ValueError as error:
            # YAML 1.1 reads an unquoted 1:15 as the number 75.
            hint = "; write a range in quotes" if isinstance(item, int) else ""
            raise ValueError(f"{field}: {error}{hint}") from None
        reason = (check or _check_order)(first, last)
        if reason is not None:
            raise ValueError(f"{field}: {item!r} never matches: {reason}")
        ranges.append((first, last))
    return tuple(ranges)


def _check_order(first: int, last: int) -> str | None:
    if first <= last:
        return None
    return "the first is after the last; where it runs over the end, write two ranges"


def _check_days(first: int, last: int) -> str | None:
    if first < 0 < last:
        return "a first day counted from the month's end needs such a last one"
    lengths = range(28, 32)
    # Every length of month is tried, as the one bound may count from the end.
    if not any(
        (first if first > 0 else n + first + 1) <= (last if last > 0 else n + last + 1)
        for n in lengths
    ):
        return "the last day is always before the first"
    return None


def _weekday(text: str) -> int:
    if text not in WEEKDAYS:
        # business_hours and rotas accept mon-fri, Alertmanager's intervals do not.
        raise ValueError(
            f"{text!r} is not a weekday: write {', '.join(WEEKDAYS)}, or a range like monday:friday"
        )
    return WEEKDAYS.index(text)


def _month(text: str) -> int:
    if text in MONTHS:
        return MONTHS.index(text) + 1
    if not _WHOLE_NUMBER.fullmatch(text) or not 1 <= int(text) <= 12:
        raise ValueError(f"{text!r} is not a month: write a name like january, or 1 to 12")
    return int(text)


def _day_of_month(text: str) -> int:
    if not _WHOLE_NUMBER.fullmatch(text) or int(text) == 0 or abs(int(text)) > 31:
        raise ValueError(f"{text!r} is not a day of the month: write 1 to 31, or -1 to -31")
    return int(text)


def _year(text: str) -> int:
    if not _WHOLE_NUMBER.fullmatch(text) or not 1 <= int(text) <= 9999:
        raise ValueError(f"{text!r} is not a year: write 1 to 9999")
    return int(text)
