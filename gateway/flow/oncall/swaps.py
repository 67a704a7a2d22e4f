"""Swaps of shifts: asked, answered, stored, and in force on return."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from gateway.core.actor import Actor
from gateway.core.oncall.answer_swap import (
    AcceptedSwap,
    accept_swap,
    cancel_swap,
    decline_swap,
)
from gateway.core.oncall.ask_swap import SwapRequest, ask_swap
from gateway.core.oncall.rejected import UnknownChangeError
from gateway.core.oncall.roster import Effect, Roster
from gateway.core.oncall.swaps import Swap
from gateway.core.plan.plan import Plan
from gateway.core.plan.roster import roster_of
from gateway.flow.oncall.plan_in_force import PlanInForce
from gateway.store import Store, Tx
from gateway.store.state import changes, swaps

SwapDecision = Callable[[Roster, Swap, Actor, float], Swap]
"""(roster, swap, actor, now): the swap as it is afterwards; raises ChangeError."""


OnSwap = Callable[[Tx, Plan, Swap, float], None]
"""(tx, plan, swap, now): stores what follows from a swap in the transaction that stores it."""


class SwapOutcome(NamedTuple):
    """A swap, and where other people are on call by it."""

    swap: Swap
    effects: tuple[Effect, ...] = ()


class Swaps:
    """Takes requests for swaps and answers to them. Used from the event loop.

    All methods but `read` raise what the core rejects (`ChangeError`), and UnknownChangeError for
    an unknown id.
    """

    def __init__(
        self, store: Store, in_force: PlanInForce, now: Callable[[], float], on_swap: OnSwap
    ) -> None:
        self._on_swap = on_swap
        self._store = store
        self._in_force = in_force
        self._now = now

    async def ask(self, request: SwapRequest, actor: Actor, why: str) -> SwapOutcome:
        """Ask the other person; nothing changes until they accept."""

        def decide(plan: Plan, _: None) -> Swap:
            return ask_swap(roster_of(plan), request, actor, why, self._now())

        def save(tx: Tx, swap: Swap) -> Swap:
            stored = swaps.add(tx, swap)
            self._follow_up(tx, stored)
            return stored

        return SwapOutcome(await self._in_force.change(lambda tx: None, decide, save))

    async def accept(self, id_: int, actor: Actor) -> SwapOutcome:
        """Accept as the person who was asked: the changes are in force on return."""

        def decide(plan: Plan, swap: Swap) -> AcceptedSwap:
            return accept_swap(roster_of(plan), swap, actor, self._now())

        def save(tx: Tx, accepted: AcceptedSwap) -> SwapOutcome:
            swaps.save(tx, accepted.swap)
            self._follow_up(tx, accepted.swap)
            changes.add(tx, accepted.changes)
            return SwapOutcome(accepted.swap, accepted.effects)

        return await self._in_force.change(partial(_stored, id_=id_), decide, save)

    async def decline(self, id_: int, actor: Actor) -> SwapOutcome:
        """Decline as the person who was asked."""
        return await self._answer(id_, actor, decline_swap)

    async def cancel(self, id_: int, actor: Actor) -> SwapOutcome:
        """Take the request back as the person who asked."""
        return await self._answer(id_, actor, cancel_swap)

    async def get(self, id_: int) -> Swap:
        """Return a swap, also one that was answered."""
        return await self._store.read(partial(_stored, id_=id_))

    async def read(self, *, ended: bool) -> list[Swap]:
        """Return the swaps of shifts that are not over; with `ended` all."""
        since = 0.0 if ended else self._now()
        return await self._store.read(partial(swaps.ending_after, since=since))

    def _follow_up(self, tx: Tx, swap: Swap) -> None:
        self._on_swap(tx, self._in_force.plan, swap, self._now())

    async def _answer(self, id_: int, actor: Actor, decision: SwapDecision) -> SwapOutcome:
        def decide(plan: Plan, swap: Swap) -> Swap:
            return decision(roster_of(plan), swap, actor, self._now())

        def save(tx: Tx, swap: Swap) -> SwapOutcome:
            swaps.save(tx, swap)
            self._follow_up(tx, swap)
            return SwapOutcome(swap)

        return await self._in_force.change(partial(_stored, id_=id_), decide, save)


def _stored(tx: Tx, id_: int) -> Swap:
    swap = swaps.get(tx, id_)
    if swap is None:
        raise UnknownChangeError("id", f"there is no swap {id_}")
    return swap
