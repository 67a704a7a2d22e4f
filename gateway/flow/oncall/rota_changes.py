"""Changes of rotas that people make at run time: decided, stored, and in force on return."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from gateway.core.actor import Actor
from gateway.core.oncall.add_changes import AddedChanges, ChangeRequest, add_changes
from gateway.core.oncall.changes import RotaChange
from gateway.core.oncall.rejected import UnknownChangeError
from gateway.core.oncall.remove_changes import RemovedChanges, remove_changes
from gateway.core.oncall.roster import Effect
from gateway.core.plan.plan import Plan
from gateway.core.plan.roster import roster_of
from gateway.flow.oncall.plan_in_force import PlanInForce
from gateway.store import Store, Tx
from gateway.store.state import changes


class ChangeOutcome(NamedTuple):
    """The changes that were made or removed, and where other people are on call by them."""

    changes: tuple[RotaChange, ...]
    effects: tuple[Effect, ...]


class RotaChanges:
    """Adds, removes and lists changes. Used from the event loop."""

    def __init__(self, store: Store, in_force: PlanInForce, now: Callable[[], float]) -> None:
        self._store = store
        self._in_force = in_force
        self._now = now

    async def add(
        self, requests: Sequence[ChangeRequest], actor: Actor, why: str, *, anyway: bool = False
    ) -> ChangeOutcome:
        """Make changes, all or none; see `add_changes` for what is rejected."""

        def decide(plan: Plan, _: None) -> AddedChanges:
            roster = roster_of(plan)
            return add_changes(roster, requests, actor, why, self._now(), anyway=anyway)

        def save(tx: Tx, decision: AddedChanges) -> ChangeOutcome:
            return ChangeOutcome(tuple(changes.add(tx, decision.changes)), decision.effects)

        return await self._in_force.change(lambda tx: None, decide, save)

    async def preview(
        self, requests: Sequence[ChangeRequest], actor: Actor, why: str, *, anyway: bool = False
    ) -> ChangeOutcome:
        """Return what `add` would do, without doing it; it rejects the same."""
        roster, now = roster_of(self._in_force.plan), self._now()
        decide = partial(add_changes, roster, requests, actor, why, now, anyway=anyway)
        return ChangeOutcome(*await asyncio.to_thread(decide))

    async def remove(
        self, ids: Sequence[int], actor: Actor, why: str, *, anyway: bool = False
    ) -> ChangeOutcome:
        """Make changes void, all or none; see `remove_changes` for what is refused."""

        def decide(plan: Plan, stored: Mapping[int, RotaChange]) -> RemovedChanges:
            now = self._now()
            return remove_changes(roster_of(plan), stored, ids, actor, why, now, anyway=anyway)

        def save(tx: Tx, decision: RemovedChanges) -> ChangeOutcome:
            changes.save_voiding(tx, decision.changes)
            return ChangeOutcome(*decision)

        return await self._in_force.change(partial(changes.by_id, ids=ids), decide, save)

    async def get(self, id_: int) -> RotaChange:
        """Return a change, also a void one. Raises UnknownChangeError."""
        matches = await self._store.read(partial(changes.by_id, ids=[id_]))
        if id_ not in matches:
            raise UnknownChangeError("id", f"there is no change {id_}")
        return matches[id_]

    async def read(self, *, ended: bool) -> list[RotaChange]:
        """Return all changes that are not over, by their starts; with `ended` also those that are.

        Void changes are among them.
        """
        since = 0.0 if ended else self._now()
        return await self._store.read(partial(changes.ending_after, since=since))
