"""When other people are on call by one plan than by another: for reports and messages."""

from collections.abc import Mapping, Sequence

from gateway.core.oncall.difference import Difference, differences
from gateway.core.plan.plan import Plan
from gateway.render.view.difference import COMPARED, difference_lines

Differences = Mapping[str, Sequence[Difference]]
"""By rota; rotas without a difference are left out."""


def duty_differences(before: Plan, after: Plan, now: float) -> Differences:
    """Return the differences of the next four weeks (unix seconds).

    It reads the shifts of every rota that is not equal in both plans: call it in a thread.
    """
    result = {}
    for name in dict.fromkeys((*before.rotas, *after.rotas)):
        old, new = before.rotas.get(name), after.rotas.get(name)
        if old != new and (stretches := differences(old, new, now, now + COMPARED)):
            result[name] = stretches
    return result


def difference_report(
    changed: Differences, before: Plan, after: Plan, now: float
) -> tuple[str, ...]:
    """Return the differences as sentences, for the log and the answer of a reload."""
    people = {**before.people, **after.people}
    names = {one.id: one.name for one in people.values()}
    return tuple(
        line
        for name, stretches in changed.items()
        for line in difference_lines(
            name, stretches, names, (after.rotas.get(name) or before.rotas[name]).zone, now
        )
    )
