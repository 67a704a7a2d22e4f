"""Changes of rotas as a part of the plan in force."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from gateway.core.actor import system_actor
from gateway.core.oncall.answer_swap import void_swaps
from gateway.core.oncall.change_text import span_text, what_changes
from gateway.core.oncall.changes import RotaChange, void_missing, with_changes
from gateway.core.oncall.swaps import Swap
from gateway.core.plan.plan import Plan
from gateway.store import Tx
from gateway.store.state import changes, swaps

KEPT = 35 * 86400.0
"""Seconds for which a change that is over stays in the plan, so that the duty of a time in which no
gateway ran can be calculated. Higher makes each reading of a rota slower."""


OnVoidSwap = Callable[[Tx, Plan, Swap, float], None]
"""(tx, plan, swap, now): stores what follows from a swap that became void, in the transaction that
makes it so. The plan is that of the new file."""


class ChangesPart:
    """Reads the changes in force; makes those and swaps void that a new file cannot apply."""

    def __init__(self, on_void_swap: OnVoidSwap) -> None:
        self._on_void_swap = on_void_swap

    def read(self, tx: Tx, now: float) -> tuple[RotaChange, ...]:
        """Return the changes that are in force, will be, or were lately."""
        return tuple(changes.in_force(tx, now - KEPT))

    def apply(self, plan: Plan, stored: tuple[RotaChange, ...]) -> Plan:
        """Return the plan with the changes in its rotas."""
        if not stored:
            return plan
        return replace(plan, rotas=with_changes(plan.rotas, plan.people, stored))

    def adopt(self, tx: Tx, before: Plan | None, after: Plan, now: float) -> Sequence[str]:
        """Make changes void whose person or rota is gone, and report each by name."""
        actor = system_actor("start" if before is None else "reload")
        voided = void_missing(changes.in_force(tx, now), after.rotas, after.people, actor, now)
        changes.save_voiding(tx, voided)
        ended = void_swaps(swaps.ending_after(tx, now), after.rotas, after.people, actor, now)
        for swap in ended:
            swaps.save(tx, swap)
            self._on_void_swap(tx, after, swap, now)
        plan = before or after
        return [
            *(void_text(change, plan) for change in voided),
            *(_void_swap_text(swap, plan) for swap in ended),
        ]


def _void_swap_text(swap: Swap, plan: Plan) -> str:
    reason = swap.answer.reason if swap.answer else ""
    person, other = plan.name_of(swap.person), plan.name_of(swap.other)
    return f"swap {swap.id} is void: {reason} ({person} asked {other}, rota {swap.rota})"


def void_text(change: RotaChange, plan: Plan) -> str:
    """Return what is void, why, when it would have applied, and who had made it."""
    names = {one: plan.name_of(one) for one in change.people}
    rota = plan.rotas.get(change.rota or "")
    where = "every rota" if change.rota is None else f"rota {change.rota}"
    span = span_text(change.start, change.end, rota.zone if rota else "UTC")
    reason = change.voiding.reason if change.voiding else ""
    return (
        f"change {change.id} is void: {reason} ({what_changes(change, names)} in {where}, {span}, "
        f"by {plan.name_of(change.actor.id)})"
    )
