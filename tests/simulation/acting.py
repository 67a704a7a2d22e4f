"""Random days of people who act: every action, in several ways in, with crashes right after it."""

from collections import defaultdict
from dataclasses import dataclass, field

from gateway.core.actions.table import ActionName
from gateway.core.actor import Actor, stated_actor, verified_person
from gateway.core.incidents.incident import Incident
from gateway.core.incidents.notice import FIRING_KINDS
from gateway.store.state import incidents
from tests.flow.world import HOUR, MINUTE
from tests.simulation.promises import RESOLVED_KINDS, everything_has_a_reason, sent_once
from tests.simulation.random_days import PEOPLE, Action, Simulation

FIRING = {kind.value for kind in FIRING_KINDS}
WITH_OTHER = (ActionName.MERGE, ActionName.UNMERGE, ActionName.LINK, ActionName.UNLINK)
PLAIN = (
    ActionName.ACK,
    ActionName.UNACK,
    ActionName.TAKE,
    ActionName.BACK,
    ActionName.EXTEND,
    ActionName.DECLINE,
    ActionName.RESOLVE,
    ActionName.REOPEN,
    ActionName.UNSNOOZE,
    ActionName.ESCALATE,
    ActionName.USEFUL,
    ActionName.NOISE,
)


@dataclass
class ActingDay(Simulation):
    """One run with one seed."""

    problems: list[str] = field(default_factory=list)

    def actions(self) -> dict[Action, int]:
        """Return what may happen, and how often in proportion."""
        return super().actions() | {self.act: 36, self.respond: 2, self.reload: 0}

    async def repair(self) -> None:
        """Let everything work again, and end what people have put off."""
        await super().repair()
        for one in await self.all_incidents():
            if one.responses.snooze is not None:
                await self.world.engine.act(one.number, ActionName.UNSNOOZE, some_actor("api"))

    async def all_incidents(self) -> list[Incident]:
        """Return all incidents, oldest first."""
        incidents_so_far: list[Incident] = []
        while True:
            number = 1001 + len(incidents_so_far)
            one = await self.world.engine.store.read(lambda tx, n=number: incidents.get(tx, n))
            if one is None:
                return incidents_so_far
            incidents_so_far.append(one)

    async def act(self) -> None:
        """Let somebody act on an incident by some means; the replica may die right after it."""
        known = await self.all_incidents()
        if not known:
            return
        still_open = [one for one in known if one.open]
        among = still_open if still_open and self.dice.random() < 0.8 else known[-6:]
        engine, one = self.dice.choice(self.world.replicas), self.dice.choice(among)
        name, other, arguments = self.drawn_action(among)
        if name is ActionName.UNMERGE and one.responses.merged_into is not None:
            other = one.responses.merged_into
        actor = self.drawn_actor()
        result = await engine.act(one.number, name, actor, other, **arguments)
        self.log(f"{actor.id} by {actor.via}: {name} #{one.number} {other or ''}: {result.answer}")
        if self.dice.random() < 0.3:
            self.log("the replica is killed right after that")
            await self.world.kill(engine)
            await self.world.start(f"replica-{self.dice.random()}")
        for replica in self.world.replicas:
            number = result.incident.number
            stored = await replica.store.read(lambda tx, n=number: incidents.get(tx, n))
            if stored is None or result.decision is None:
                continue
            seen = (stored.state, stored.ack, stored.responses)
            decided = (result.incident.state, result.incident.ack, result.incident.responses)
            if seen != decided:
                self.problems.append(f"#{number} after {name}: {seen}, not {decided}")

    def drawn_actor(self) -> Actor:
        """Draw a person and the means."""
        via = self.dice.choice(("link", "slack", "api", "cli", "mail"))
        person = self.dice.choice(PEOPLE)
        return verified_person(person, via) if via != "api" else stated_actor(person, via)

    def drawn_action(
        self, known: list[Incident]
    ) -> tuple[ActionName, int | None, dict[str, object]]:
        """Draw an action, a second incident where it needs one, and its arguments."""
        name = self.dice.choice((*PLAIN, *WITH_OTHER, *_WITH_TEXT))
        other = self.dice.choice(known).number if name in WITH_OTHER else None
        now = self.world.now
        arguments: dict[ActionName, dict[str, object]] = {
            ActionName.COMMENT: {"text": f"at {now:.0f}"},
            ActionName.HANDOVER: {"to": self.dice.choice(PEOPLE)},
            ActionName.PAGE: {"references": [f"person:{self.dice.choice(PEOPLE)}"], "text": "now"},
            ActionName.SNOOZE: {"until": now + self.dice.choice((10 * MINUTE, 3 * HOUR))},
        }
        return name, other, arguments.get(name, {})


_WITH_TEXT = (ActionName.COMMENT, ActionName.HANDOVER, ActionName.PAGE, ActionName.SNOOZE)


def some_actor(via: str) -> Actor:
    """Return Ana."""
    return stated_actor("ana", via)


async def broken_promises_of_actions(day: ActingDay) -> list[str]:
    """Return a sentence for each broken promise."""
    return [
        *dict.fromkeys(day.problems),
        *sent_once(day),
        *await ends_follow(day),
        *await everything_has_a_reason(day),
    ]


async def ends_follow(day: ActingDay) -> list[str]:
    """Promise 14: everyone who was notified of a firing is notified of the end after it.

    The end of a merged incident is that of the one it was merged into. An incident that was
    resolved by hand and opened again ends once more, also for a target that was down meanwhile.
    """
    into = {one.number: one.responses.merged_into for one in await day.all_incidents()}
    dead = {(one.incident, one.target.key) for one in await day.world.dead()}
    kinds: dict[tuple[int, str], list[str]] = defaultdict(list)
    for one in day.world.delivered:
        kinds[one.incident, one.to].append(one.kind)
    problems = []
    for (number, to), sent in kinds.items():
        root = number
        while into.get(root) is not None:
            root = int(into[root] or root)
        if (number, to) in dead or (root, to) in dead or not set(sent) & FIRING:
            continue
        ends = [kind for kind in kinds[root, to] if kind in RESOLVED_KINDS]
        last = max(position for position, kind in enumerate(sent) if kind in FIRING)
        after = [kind for kind in sent[last:] if kind in RESOLVED_KINDS]
        if (root != number and not ends) or (root == number and not after):
            problems.append(f"#{number} {to}: {sent}, and of #{root}: {ends}")
    return problems
