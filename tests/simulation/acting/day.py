"""Days of people who act: all actions, by all means, late, twice, at once, with crashes."""

from dataclasses import dataclass
from functools import partial

from gateway.core.actions.table import ActionName
from gateway.core.actor import stated_actor
from gateway.core.plan.manual_page import ALERTNAME as MANUAL
from tests.flow.world import MINUTE
from tests.simulation.acting.drawing import Drawing
from tests.simulation.acting.means import MEANS
from tests.simulation.random_days import Action

Name = ActionName
MOST_ACTS = 150
"""Acts in which a day's end has reached every action."""


@dataclass
class ActingDay(Drawing):
    """One run with one seed."""

    def actions(self) -> dict[Action, int]:
        """Return what may happen, and how often in proportion."""
        mine = {self.act: 30, self.race: 4, self.page_without_alert: 1, self.deliver_late: 6}
        return super().actions() | mine | {self.respond: 0, self.undo: 0, self.end: 4}

    async def act(self) -> None:
        """Let people act, one after the other."""
        for _ in range(self.acts):
            request = await self.drawn()
            if request is None:
                return
            lateness = self.dice.random()
            if MEANS[request.means].repeats and lateness < 0.2:
                self.log(f"{request.wish} by {request.means} is on its means")
                self.late.append(request)
            elif lateness > 0.93:
                await self.crash_during(request)
            else:
                await self.send(request)
            await self.pass_time(self.dice.choice((0.1, 1.0, 20.0)))

    async def deliver_late(self) -> None:
        """Deliver a request that was on its means, perhaps after later ones, and once more."""
        if self.late:
            request = self.late.pop(self.dice.randrange(len(self.late)))
            self.happened["late"] += 1
            await self.send(request)

    async def page_without_alert(self) -> None:
        """Page a team without an alert."""
        client = await self.world.client(self.dice.choice(self.world.replicas))
        body = {"as": "ana", "team": "billing", "text": f"customers cannot pay {self.world.now}"}
        answer = await client.post("/api/v1/pages", json=body)
        self.log(f"ana pages billing manually: {answer.status}")
        self.happened["page"] += answer.status == 200
        if answer.status != 200:
            self.problems.append(f"a page manually: {answer.status} {await answer.text()}")

    async def repair(self) -> None:
        """Let everything work again, deliver what is late, and end what people have put off."""
        await super().repair()
        await self.complete()
        while self.late:
            await self.deliver_late()
        for one in await self.all_incidents():
            actor = stated_actor("ana", "api")
            if one.responses.snooze is not None:
                await self.world.engine.act(one.number, Name.UNSNOOZE, actor)
            if one.open and one.group_labels.get("alertname") == MANUAL:
                await self.world.engine.act(one.number, Name.RESOLVE, actor)

    async def complete(self) -> None:
        """Fire alerts and let people act until every action and means was used, if that can be."""
        for _ in range(MOST_ACTS):
            missing, unused = self.missing(), self.unused()
            if not missing and not unused:
                return
            if sum(one.open for one in await self.all_incidents()) < 3:
                await self.fire()
                await self.pass_time(MINUTE)
            rest = {one for card in self.deck for one in card}
            if not (missing | unused) <= rest:
                self.deck = self.shuffled_deck()
            self.deck.sort(key=partial(_is_needless, missing, unused))
            request = await self.drawn()
            if request is None:
                self.deck = self.shuffled_deck()
            else:
                await self.send(request)
            await self.pass_time(1.0)


def _is_needless(missing: set[ActionName], unused: set[str], card: tuple[str, ActionName]) -> bool:
    return card[0] not in unused and card[1] not in missing
