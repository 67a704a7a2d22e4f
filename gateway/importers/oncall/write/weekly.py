"""Windows of the week as the restrictions of a layer."""

from collections.abc import Iterable
from datetime import time

from gateway.core.oncall.types import Restriction
from gateway.importers.oncall.model.schedule import MINUTES_OF_DAY, MINUTES_OF_WEEK, Window


def restrictions(windows: Iterable[Window]) -> tuple[Restriction, ...] | None:
    """Return the restrictions that apply at the same times; () where that is always.

    None if the windows are never open. A window of more than a day becomes several, one a day.
    """
    joined = _joined(windows)
    if not joined:
        return None
    if any(one.minutes >= MINUTES_OF_WEEK for one in joined):
        return ()
    days_by_clock: dict[tuple[int, int], set[int]] = {}
    for window in joined:
        for piece in _pieces(window):
            day, start = divmod(piece.start % MINUTES_OF_WEEK, MINUTES_OF_DAY)
            end = (start + piece.minutes) % MINUTES_OF_DAY
            days_by_clock.setdefault((start, end), set()).add(day)
    return tuple(
        Restriction(tuple(sorted(days)), _clock(start), _clock(end))
        for (start, end), days in days_by_clock.items()
    )


def _joined(windows: Iterable[Window]) -> list[Window]:
    """Return windows that neither overlap nor meet, in order."""
    ordered = sorted(
        (Window(one.start % MINUTES_OF_WEEK, one.minutes) for one in windows if one.minutes > 0),
        key=lambda one: one.start,
    )
    result: list[Window] = []
    for one in ordered:
        last = result[-1] if result else None
        if last is not None and one.start <= last.start + last.minutes:
            end = max(last.start + last.minutes, one.start + one.minutes)
            result[-1] = Window(last.start, end - last.start)
        else:
            result.append(one)
    # The last ones may run over Sunday into the first ones.
    while len(result) > 1 and _end(result[-1]) - MINUTES_OF_WEEK >= result[0].start:
        first, last = result.pop(0), result.pop()
        end = max(_end(last), _end(first) + MINUTES_OF_WEEK)
        result.append(Window(last.start, end - last.start))
    return result


def _end(window: Window) -> int:
    return window.start + window.minutes


def _pieces(window: Window) -> Iterable[Window]:
    """Yield the window in pieces of a day at most."""
    start, rest = window.start, window.minutes
    while rest > 0:
        minutes = min(rest, MINUTES_OF_DAY)
        yield Window(start, minutes)
        start, rest = start + minutes, rest - minutes


def _clock(minutes: int) -> time:
    return time(*divmod(minutes, 60))
