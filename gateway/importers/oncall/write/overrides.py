"""Exceptions of a schedule as the overrides of one of its rotas."""

from collections.abc import Iterator, Mapping, Sequence

from gateway.core.oncall.layers import segments
from gateway.core.oncall.types import LONGEST_OVERRIDE, Override
from gateway.core.time.wallclock import load_zone
from gateway.importers.oncall.model.schedule import ExceptionRecord, Rotation, ScheduleRecord
from gateway.importers.oncall.write.layers import layers_of


def overrides_of(
    schedule: ScheduleRecord,
    rotations: Sequence[Rotation],
    people: Mapping[str, str],
    as_of: float,
    *,
    first: bool,
) -> Iterator[Override]:
    """Yield the overrides of a rota with these rotations, without those that are over.

    Of several rotas of a schedule only the `first` one gets people who are on call beside others.
    """
    members = {person for one in rotations for turn in one.turns for person in turn}
    whole: set[tuple[str | None, float, float]] = set()
    for one in schedule.exceptions:
        if one.end <= as_of or (one.beside and not first):
            continue
        if one.replaces is not None and one.replaces not in members:
            continue  # it reads the layers, so it would change nothing
        if one.beside and (one.person, one.start, one.end) in whole:
            continue  # the person has taken over for all of that time
        for start, end in _stretches(one, rotations, people, as_of):
            if not one.beside and one.replaces is None:
                whole.add((one.person, start, end))
            for opens, closes in _pieces(start, end):
                yield Override(
                    member=None if one.person is None else people[one.person],
                    start=opens,
                    end=closes,
                    replaces=None if one.replaces is None else people[one.replaces],
                    beside=one.beside,
                )


def _pieces(start: float, end: float) -> Iterator[tuple[float, float]]:
    """Yield a stretch in pieces of the length that routes.yaml takes at most."""
    while start < end:
        yield start, min(end, start + LONGEST_OVERRIDE)
        start += LONGEST_OVERRIDE


def _stretches(
    one: ExceptionRecord, rotations: Sequence[Rotation], people: Mapping[str, str], as_of: float
) -> list[tuple[float, float]]:
    """Return when an exception applies: of one for some rotations only, while these apply."""
    own = [each for each in rotations if one.rotations is None or each.key in one.rotations]
    if one.rotations is None or len(own) == len(rotations):
        return [(one.start, one.end)]
    stretches = sorted(
        (max(segment.start, one.start), min(segment.end, one.end))
        for rotation in own
        for layer in layers_of(rotation, people, as_of)
        for segment in segments(layer, load_zone(rotation.zone), one.start, one.end)
    )
    joined: list[tuple[float, float]] = []
    for start, end in stretches:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif start < end:
            joined.append((start, end))
    return joined
