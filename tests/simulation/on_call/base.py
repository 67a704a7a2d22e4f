"""What the actions of these days share: a replica, a log, and what must follow."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from gateway.flow.engine import Engine
from gateway.store.queries.deliveries import NoticeSummary, notices_to_person
from tests.flow.world import DAY
from tests.simulation.on_call.routes import CONTACTS, can_read
from tests.simulation.on_call.world import OnCallWorld
from tests.simulation.random_days import Simulation

PEOPLE = ("ana", "ben", "cho", "dee")
NEWS = ("shifts-changed", "handover")
NEWS_AHEAD = 26 * DAY
"""Seconds ahead in which a changed shift must be announced: a little less than four weeks."""


@dataclass
class OnCallBase(Simulation):
    """A day in a world with a model."""

    world: OnCallWorld

    @property
    def problems(self) -> list[str]:
        """What was found to be wrong so far."""
        return self.world.problems

    def expect(self, holds: bool, text: str) -> None:
        """Note a problem unless something holds."""
        if not holds:
            self.problems.append(f"{self.events[-1] if self.events else ''}: {text}")

    async def moment(self) -> Engine:
        """Let a moment pass, so that what is done now is after all else; return a replica."""
        await self.pass_time(0.01)
        return self.dice.choice(self.world.replicas)

    async def perhaps_die(self, engine: Engine) -> None:
        """Kill the replica that has just stored something, before anything follows from it."""
        if self.dice.random() < 0.3:
            self.log("the replica is killed right after that")
            await self.world.kill(engine)
            await self.world.start(f"replica-{self.dice.random()}")

    async def crash_while_sending(self) -> None:
        self.world.records = False
        try:
            await super().crash_while_sending()
        finally:
            self.world.records = True

    @asynccontextmanager
    async def announced(self) -> AsyncIterator[None]:
        """Anyone who gets or loses a shift in the block is notified of that within a second."""
        now, model = self.world.now, self.world.model
        before = model.hours_ahead(now, now + NEWS_AHEAD)
        yield
        after = model.hours_ahead(now, now + NEWS_AHEAD)
        await self.pass_time(1.0)
        for person in model.variant.people:
            if before.get(person, set()) == after.get(person, set()) or not self.readable(person):
                continue
            notices = await self.notices_to(person, now)
            kinds = [one.kind for one in notices if one.kind in NEWS]
            self.expect(bool(kinds), f"{person} is not notified of changed shifts")
            self.expect(kinds.count(NEWS[0]) <= 1, f"{person} is notified twice: {kinds}")

    def readable(self, person: str) -> list[str]:
        """Return the contacts at which a person can be sent messages about shifts."""
        return [key for key in CONTACTS[person] if key not in self.world.unusable and can_read(key)]

    async def notices_to(self, person: str, since: float) -> list[NoticeSummary]:
        return await self.world.engine.store.read(lambda tx: notices_to_person(tx, person, since))
