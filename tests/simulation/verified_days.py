"""Many days in one database: people act, vendors fail, nothing runs for hours, old days go."""

from functools import partial

from gateway.core.actions.table import ActionName
from gateway.core.actor import verified_person
from gateway.store import Tx
from gateway.store.state import counters, downtimes, retention
from tests.flow.world import DAY, HOUR, MINUTE
from tests.simulation.random_days import PEOPLE, Action, Simulation
from tests.simulation.verified import missing
from tests.store.reads import open_incidents

EVENTS = 5
"""Events of a day. More take longer, and a hundred days have five hundred of these."""

KEPT = 5 * DAY
"""Seconds for which resolved incidents are kept, so that deletions are among what is verified."""


class VerifiedDays(Simulation):
    """One run with one seed, which is verified after each event and at the end of each day."""

    def actions(self) -> dict[Action, int]:
        """Return what may happen, and how often in proportion."""
        more = {self.outage: 2, self.act_otherwise: 8, self.mend_all: 4}
        return super().actions() | more

    async def live(self, days: int) -> list[str]:
        """Let days pass; return what is missing on the first day with something missing."""
        actions = self.actions()
        for day in range(days):
            end = self.world.now + DAY
            for _ in range(EVENTS):
                await self.dice.choices(list(actions), list(actions.values()))[0]()
                await self.pass_time(self.dice.choice((1.0, 20.0, 5 * MINUTE, HOUR, 3 * HOUR)))
                if broken := await missing(self.world, days=2.0):
                    return [f"on day {day}", *broken]
            await self.evening()
            await self.pass_time(max(0.0, end - self.world.now))
            await self.forget_old_days()
            if broken := await missing(self.world, days=2.0):
                return [f"at the end of day {day}", *broken]
        return []

    async def evening(self) -> None:
        """Let most vendors work and most alerts end, because each repeat at night takes time."""
        if self.dice.random() < 0.8:
            await self.repair()
        for key in sorted(self.firing):
            if self.dice.random() < 0.7:
                await self.end_one(key)

    async def forget_old_days(self) -> None:
        """Delete what is past its retention, as housekeeping does, and what the test recorded."""
        before = self.world.now - KEPT
        prune = partial(retention.prune, before=before, limit=500)
        while await self.world.engine.store.write(prune):
            pass
        self.world.delivered.clear()
        self.world.returned = 0
        del self.events[:-60]

    async def outage(self) -> None:
        """Let no gateway run for a while: alerts wait for nobody, and what is due comes late."""
        last = self.world.engine

        def work(tx: Tx) -> None:
            counters.save(tx, downtimes.LAST_WRITE, int(self.world.now * 1000))

        await last.store.write(work)
        for engine in list(self.world.replicas):
            await self.world.kill(engine)
        self.world.now += self.dice.choice((MINUTE, 20 * MINUTE, 5 * HOUR))
        self.log("a gateway runs again after an outage")
        engine = await self.world.start(f"replica-{self.dice.random()}")
        await engine.store.write(partial(downtimes.record_work, now=self.world.now))
        await self.world.settle()

    async def mend_all(self) -> None:
        """Let all vendors work again, so that most days have a delivery."""
        await self.repair()

    async def act_otherwise(self) -> None:
        """Let a person snooze, merge, resolve, escalate or comment on an open incident."""
        engine = self.world.engine
        numbers = [one.number for one in await engine.store.read(open_incidents)]
        if not numbers:
            return
        name = self.dice.choice(
            (
                ActionName.COMMENT,
                ActionName.ESCALATE,
                ActionName.MERGE,
                ActionName.RESOLVE,
                ActionName.SNOOZE,
                ActionName.TAKE,
            )
        )
        number, person = self.dice.choice(numbers), self.dice.choice(PEOPLE)
        others = [one for one in numbers if one != number]
        if name is ActionName.MERGE and not others:
            return
        arguments: dict[str, object] = {}
        if name is ActionName.SNOOZE:
            arguments["until"] = self.world.now + self.dice.choice((HOUR, 8 * HOUR))
        if name is ActionName.COMMENT:
            arguments["text"] = "seen"
        other = self.dice.choice(others) if name is ActionName.MERGE else None
        actor = verified_person(person, "link")
        result = await engine.act(number, name, actor, other, **arguments)
        self.log(f"{person}: {name.value} #{number} {other or ''}: {result.answer.value}")
