"""Changes of rotas made at run time as lines of a page."""

from collections.abc import Iterable, Sequence

from gateway.core.oncall.change_text import span_text, what_changes
from gateway.core.oncall.changes import RotaChange
from gateway.core.plan.plan import Plan
from gateway.render.view.clean import clean
from gateway.web.explain.names import name_of

AHEAD = 14 * 86400.0
"""Seconds ahead for which changes are listed; the calendar beside them is as long."""


def change_lines(
    stored: Iterable[RotaChange], rota: str, plan: Plan, zone: str, now: float
) -> Sequence[str]:
    """Return a line for each change that applies to a rota soon: what, when, who, why."""
    lines = []
    for one in stored:
        if not one.applies_to(rota) or one.start > now + AHEAD:
            continue
        names = {person: name_of(plan, person) for person in one.people}
        text = (
            f"Change {one.id}: {what_changes(one, names)}, {span_text(one.start, one.end, zone)}, "
            f"by {name_of(plan, one.actor.id)} ({one.actor.via_text})"
        )
        lines.append(clean(f"{text}: {one.why}" if one.why else text, 300))
    return lines
