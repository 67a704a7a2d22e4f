"""Draws of what people ask for, so that everything is reached."""

from dataclasses import dataclass

from gateway.core.actions.table import ActionName
from tests.flow.world import HOUR
from tests.simulation.acting.base import Request
from tests.simulation.acting.compared import Compared
from tests.simulation.acting.means import MEANS
from tests.simulation.acting.model import Snapshot, fits
from tests.simulation.acting.wish import WITH_OTHER, Wish
from tests.simulation.random_days import PEOPLE

Name = ActionName
CARDS = sorted((means, name) for means, one in MEANS.items() for name in one.actions)


@dataclass
class Drawing(Compared):
    """A day that draws requests from a deck of all means and actions."""

    async def drawn(self) -> Request | None:
        """Draw the next means and action for which an incident fits; sometimes for any."""
        known = await self.all_incidents()
        if not known:
            return None
        views = await self.snapshots(*(one.number for one in known[-12:]))
        if not self.deck:
            self.deck = self.shuffled_deck()
        if self.dice.random() < 0.15:
            means, action = self.dice.choice(CARDS)
            it = self.dice.choice(list(views.values()))
            return Request(means, self.wish(action, it.number, self.dice.choice(PEOPLE), it, views))
        for position, (means, action) in enumerate(self.deck):
            person = self.dice.choice(PEOPLE)
            for it in self.dice.sample(list(views.values()), len(views)):
                wish = self.wish(action, it.number, person, it, views)
                if fits(wish, it, self.world.now):
                    del self.deck[position]
                    return Request(means, wish)
        return None

    def shuffled_deck(self) -> list[tuple[str, ActionName]]:
        """Return all means and actions, each action once among the first."""
        deck = self.dice.sample(CARDS, len(CARDS))
        first = list({name: (means, name) for means, name in deck}.values())
        return [*self.dice.sample(first, len(first)), *(one for one in deck if one not in first)]

    def wish(
        self,
        action: ActionName,
        number: int,
        person: str,
        it: Snapshot | None,
        views: dict[int, Snapshot] | None = None,
    ) -> Wish:
        """Return what a person asks for, with random arguments."""
        now, others = self.world.now, views or {}
        arguments: dict[str, object] = {
            Name.COMMENT: {"text": f"noted at {now:.0f}"},
            Name.HANDOVER: {"to": self.dice.choice(PEOPLE)},
            Name.PAGE: {"notify": f"person:{self.dice.choice(PEOPLE)}"},
            Name.SNOOZE: {"until": round(now) + 2 * HOUR},
            Name.TEAM: {"team": self.dice.choice(("billing", "platform", ""))},
        }.get(action, {})
        other = None
        if action in WITH_OTHER:
            near = sorted(it.related) if it and action is Name.UNLINK else []
            fine = [one.number for one in others.values() if one.open and one.number != number]
            other = self.dice.choice(near or fine or [number])
        holder = it.holder or "" if it is not None and self.dice.random() < 0.7 else ""
        id_ = f"{self.dice.getrandbits(64):016x}"
        return Wish(action, number, person, now, id_, other, holder, arguments)
