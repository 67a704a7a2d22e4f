"""The difference of two schedules: when other people are on call than before."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from gateway.core.oncall.shifts import Shift, sweep
from gateway.core.oncall.types import Rota


class Difference(NamedTuple):
    """A stretch with other people on call; its end excluded (unix seconds UTC)."""

    start: float
    end: float
    before: tuple[str, ...]
    after: tuple[str, ...]


def differences(
    before: Rota | None, after: Rota | None, start: float, end: float
) -> list[Difference]:
    """Return the stretches of [start, end) in which the two rotas have other people on call.

    None is a rota that does not exist: nobody is on call in it. The order of people who are on
    call together does not count. Neighbouring stretches of the same difference are joined.
    """
    return compare(_sweep(before, start, end), _sweep(after, start, end), start, end)


def compare(
    before: Iterable[Shift], after: Iterable[Shift], start: float, end: float
) -> list[Difference]:
    """Return the same for two schedules that cover [start, end) without gaps.

    A stretch in which one of them is not known is no difference.
    """
    result: list[Difference] = []
    for one in _pairs(before, after, start, end):
        if one is None or set(one.before) == set(one.after):
            continue
        last = result[-1] if result else None
        if last and last.end == one.start and (last.before, last.after) == (one.before, one.after):
            result[-1] = last._replace(end=one.end)
        else:
            result.append(one)
    return result


def _pairs(
    before: Iterable[Shift], after: Iterable[Shift], start: float, end: float
) -> Iterator[Difference | None]:
    """Yield the stretches in which neither schedule changes; None for one that is not known."""
    sweeps = [iter(before), iter(after)]
    shifts = [next(one) for one in sweeps]
    while start < end:
        cut = min(shift.end for shift in shifts)
        known = not any(shift.unknown for shift in shifts)
        yield Difference(start, cut, shifts[0].people, shifts[1].people) if known else None
        start = cut
        for at, shift in enumerate(shifts):
            if shift.end <= start < end:
                shifts[at] = next(sweeps[at])


def _sweep(rota: Rota | None, start: float, end: float) -> Iterator[Shift]:
    if rota is None:
        return iter((Shift((), start, end, None),))
    return sweep(rota, start, end)
