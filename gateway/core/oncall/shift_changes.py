"""Whose shifts change between two schedules of one rota."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from gateway.core.oncall.rota import Stint


class Stretch(NamedTuple):
    """A time span, its end excluded (unix seconds UTC)."""

    start: float
    end: float


class PersonChange(NamedTuple):
    """The times at which a person is no longer on call, and those at which they are instead."""

    before: tuple[Stretch, ...]
    after: tuple[Stretch, ...]


def shift_changes(
    before: Iterable[Stint], after: Iterable[Stint], start: float, end: float
) -> Mapping[str, PersonChange]:
    """Return what differs in [start, end), by person, for those for whom anything does.

    Only differences are listed: hours that a person has in both schedules are in neither part.
    """
    old, new = _by_person(before, start, end), _by_person(after, start, end)
    changes = {}
    for person in sorted(old.keys() | new.keys()):
        lost = _without(old.get(person, ()), new.get(person, ()))
        gained = _without(new.get(person, ()), old.get(person, ()))
        if lost or gained:
            changes[person] = PersonChange(tuple(lost), tuple(gained))
    return changes


def _by_person(stints: Iterable[Stint], start: float, end: float) -> dict[str, list[Stretch]]:
    """Return the clipped stretches of each person, in order, joined where they touch."""
    result: dict[str, list[Stretch]] = {}
    for one in sorted(stints, key=lambda stint: stint.start):
        clipped = Stretch(max(one.start, start), min(one.end, end))
        if clipped.start >= clipped.end:
            continue
        own = result.setdefault(one.person, [])
        if own and own[-1].end >= clipped.start:
            own[-1] = Stretch(own[-1].start, max(own[-1].end, clipped.end))
        else:
            own.append(clipped)
    return result


def _without(stretches: Sequence[Stretch], removed: Sequence[Stretch]) -> list[Stretch]:
    """Return the parts of ordered stretches that lie outside of others, ordered as well."""
    result = []
    for start, end in stretches:
        at = start
        for other in removed:
            if other.end <= at or other.start >= end:
                continue
            if other.start > at:
                result.append(Stretch(at, other.start))
            at = max(at, other.end)
        if at < end:
            result.append(Stretch(at, end))
    return result
