"""Requests of people who act, each compared with the model."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from gateway.core.actions.table import ActionName
from gateway.store.queries.deliveries import notices_of
from gateway.store.state import incidents
from tests.simulation.acting.base import Observed, Request
from tests.simulation.acting.means import MEANS, Answer
from tests.simulation.acting.model import COMPARED, Snapshot, after, outcomes
from tests.simulation.acting.wish import Wish
from tests.simulation.random_days import PEOPLE

Name = ActionName
PENDING_STEPS = ("escalation", "repeat", "missed")
STOPPING = (Name.ACK, Name.TAKE, Name.SNOOZE, Name.RESOLVE)


@dataclass
class Compared(Observed):
    """A day whose requests are compared with the model."""

    async def send(self, request: Request) -> None:
        """Send a request to a replica, and compare what it changed with the model."""
        engine, means, wish = (
            self.dice.choice(self.world.replicas),
            MEANS[request.means],
            request.wish,
        )
        before = await self.before(wish)
        answer = await means.ask(self.world, engine, wish)
        await self.compare(request, before, answer)
        if means.repeats and self.dice.random() < 0.2:
            self.happened["repeated"] += 1
            unchanged = await self.before(wish)
            await means.ask(self.world, self.dice.choice(self.world.replicas), wish)
            if await self.before(wish) != unchanged:
                self.problems.append(f"{wish} by {request.means}: posted again, it acts again")

    async def compare(
        self, request: Request, before: tuple[Snapshot, Snapshot | None], answer: Answer
    ) -> None:
        """Count a request as performed or refused; note what the model does not allow."""
        wish, (it, other) = request.wish, before
        now = (await self.snapshots(it.number))[it.number]
        allowed = [after(it, one) for one in self.allowed(request, it, other)]
        performed = now.entries > it.entries
        (self.performed if performed else self.refused)[request.means, wish.action] += 1
        if performed and request.means == "pagerduty" and wish.action is Name.RESOLVE:
            self.resolved_there.add(it.number)
        self.log(f"{wish} by {request.means}: {'performed' if performed else 'refused'}")
        if answer.status >= 500 or answer.status in (400, 401, 403, 404):
            self.problems.append(f"{wish} by {request.means}: {answer}")
        if not any(_alike(now, one) for one in allowed):
            different = [_differences(now, one) for one in allowed]
            self.problems.append(f"{wish} by {request.means} at {it}: {different}, {answer.status}")
        for replica in self.world.replicas:
            views = await replica.store.read(lambda tx: incidents.get(tx, it.number))
            if views is not None and views.state.value != now.state:
                self.problems.append(f"#{it.number} is {views.state} at another replica")
        if performed and wish.action in STOPPING:
            await self.steps_are_cancelled(it.number, wish)

    def allowed(
        self, request: Request, it: Snapshot, other: Snapshot | None
    ) -> list[dict[str, Any]]:
        """Return the outcomes that the model allows for a means."""
        wish = request.wish
        if request.means == "pagerduty" and wish.action is Name.TAKE:
            wish = replace(wish, holder=it.holder or "")  # its event has no former holder
        changes = [dict(one) for one in outcomes(wish, it, other, self.world.now)]
        if request.means == "mail" and wish.action is Name.RESOLVE:
            return [{}]  # it is answered with a link
        if request.means == "slack" and wish.action is Name.COMMENT:
            changes.append({})  # a thread that Slack never began
        if wish.action is Name.TAKE and not wish.holder and request.means != "api":
            changes.append({})  # pages and buttons always name a holder
        if request.means == "pagerduty" and wish.action in (Name.ACK, Name.UNACK, Name.TAKE):
            changes.append({})  # older than what was done here since
        return changes

    async def steps_are_cancelled(self, number: int, wish: Wish) -> None:
        """E22: what would page others is cancelled in the action's own transaction."""
        one = await self.world.incident(number)
        notices = await self.world.engine.store.read(lambda tx: notices_of(tx, number))
        waiting = [n for n in notices if n.state == "pending" and n.kind in PENDING_STEPS]
        if waiting:
            self.problems.append(f"{wish}: still waiting: {waiting}")
        goes_on = one.escalation is not None and one.escalation.next_at is not None
        if goes_on and (one.responses.snooze is None or one.ack is not None):
            self.problems.append(f"{wish}: the escalation goes on: {one.escalation}")

    async def crash_during(self, request: Request) -> None:
        """Kill the replica while it works on a request: all of it is saved, or nothing."""
        engine, wish = self.dice.choice(self.world.replicas), request.wish
        if request.means == "command":
            return  # its thread would wait for the dead replica
        it, other = await self.before(wish)
        await self.world.client(engine)
        task = asyncio.ensure_future(MEANS[request.means].ask(self.world, engine, wish))
        for _ in range(self.dice.randrange(30)):
            await asyncio.sleep(0)
        self.log(f"{wish} by {request.means}: the replica is killed meanwhile")
        self.happened["crash"] += 1
        if request.means == "pagerduty" and wish.action is Name.RESOLVE:
            self.resolved_there.add(it.number)
        await self.world.kill(engine)
        answer = Answer(0, "")
        with suppress(Exception):
            answer = await task
        await self.world.start(f"replica-{self.dice.random()}")
        now = (await self.snapshots(it.number))[it.number]
        allowed = [after(it, one) for one in self.allowed(request, it, other)]
        if answer.status != 200 or request.means in ("slack", "link", "page"):
            allowed.append(it)
        if not any(_alike(now, one) for one in allowed):
            different = [_differences(now, one) for one in allowed]
            self.problems.append(f"{wish} by {request.means}, killed: {different}, {answer}")

    async def race(self) -> None:
        """Let both people do the same at once, at any replicas: one wins, the other reads so."""
        known = await self.all_incidents()
        views = await self.snapshots(*(one.number for one in known if one.open))
        action = self.dice.choice((Name.ACK, Name.TAKE, Name.RESOLVE, Name.UNACK))
        fitting = [
            one
            for one in views.values()
            if one.merged_into is None
            and one.fires
            and ((one.holder is None) if action in (Name.ACK, Name.TAKE) else True)
            and (one.holder is not None or action is not Name.UNACK)
        ]
        if not fitting:
            return
        it = self.dice.choice(fitting)
        chosen = [self.dice.choice(("api", "link", "page")) for _ in PEOPLE]
        wishes = [self.wish(action, it.number, person, None) for person in PEOPLE]
        for engine in self.world.replicas:
            await self.world.client(engine)  # none starts twice
        answers = await asyncio.gather(
            *(
                MEANS[means].ask(self.world, self.dice.choice(self.world.replicas), wish)
                for means, wish in zip(chosen, wishes, strict=True)
            )
        )
        now = (await self.snapshots(it.number))[it.number]
        self.log(f"both at once: {action} #{it.number}: {[one.status for one in answers]}")
        self.happened["race"] += 1
        if now.entries != it.entries + 1:
            self.problems.append(
                f"{action} #{it.number} by both at once: {now.entries - it.entries}"
            )
        if any(one.status not in (200, 409) or not one.text for one in answers):
            self.problems.append(f"{action} #{it.number} by both at once: {answers}")


def _alike(one: Snapshot, two: Snapshot) -> bool:
    return all(getattr(one, name) == getattr(two, name) for name in COMPARED)


def _differences(one: Snapshot, two: Snapshot) -> str:
    return ", ".join(
        f"{name} is {getattr(one, name)!r}, not {getattr(two, name)!r}"
        for name in COMPARED
        if getattr(one, name) != getattr(two, name)
    )
