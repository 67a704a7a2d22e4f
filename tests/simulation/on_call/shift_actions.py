"""Changes of shifts and swaps, with crashes right after them."""

from dataclasses import dataclass, field

from gateway.core.actor import stated_actor
from gateway.core.oncall.add_changes import ChangeRequest
from gateway.core.oncall.ask_swap import ShiftChoice, SwapRequest
from gateway.core.oncall.rejected import ChangeError
from gateway.flow.engine import Engine
from tests.flow.world import DAY, HOUR
from tests.simulation.on_call.base import PEOPLE, OnCallBase
from tests.simulation.on_call.duty_model import Event, LedgerChange


@dataclass
class LedgerSwap:
    """A swap as it was asked for, and what became of it."""

    person: str
    other: str
    gives: Event
    takes: Event | None
    state: str = "open"


@dataclass
class ShiftActions(OnCallBase):
    """What people do about their shifts."""

    swaps: dict[int, LedgerSwap] = field(default_factory=dict)

    def pending_changes(self) -> list[int]:
        """Return the changes that apply now or later."""
        ledger, now = self.world.model.changes, self.world.now
        return [id_ for id_, one in ledger.items() if not one.void and one.override.end > now]

    def some_requests(self) -> list[ChangeRequest]:
        """Draw a change, or the shifts of a temporary schedule."""
        dice, now = self.dice, self.world.now
        rota = dice.choice(("billing", "billing", "platform"))
        start = dice.choice((None, None, now + 3600.0 * dice.randrange(1, 48)))
        end = (now if start is None else start) + 1800.0 * dice.randrange(1, 60)
        person, other = dice.choice(PEOPLE), dice.choice(PEOPLE)
        kind = dice.choice(("all", "one", "beside", "nobody", "away", "everywhere", "shifts"))
        if kind == "shifts":
            return [
                ChangeRequest(rota, end + HOUR, end, person),
                ChangeRequest(rota, end + 3 * HOUR, end + 2 * HOUR, other),
            ]
        return [
            ChangeRequest(
                None if kind == "everywhere" else rota,
                end,
                start,
                person if kind in ("all", "one", "beside") else None,
                other if kind in ("one", "away", "everywhere") else None,
                kind == "beside",
            )
        ]

    async def change(self) -> None:
        engine = await self.moment()
        requests, actor = self.some_requests(), stated_actor(self.dice.choice(PEOPLE), "api")
        anyway, now = self.dice.random() < 0.5, self.world.now
        async with self.announced():
            try:
                outcome = await engine.changes.add(requests, actor, "ill", anyway=anyway)
            except ChangeError as error:
                self.log(f"rejected: {error}")
                return
            for request, made in zip(requests, outcome.changes, strict=True):
                start = now if request.start is None else request.start
                self.log(f"change {made.id}: {request}")
                self.world.model.changes[made.id] = LedgerChange(
                    request.rota,
                    made.as_override(),
                )
                expected = (request.rota, request.person, request.replaces, request.beside)
                stored = (made.rota, made.person, made.replaces, made.beside)
                self.expect(expected == stored, f"stored as {made}")
                self.expect((made.start, made.end) == (start, request.end), f"stored as {made}")
            await self.perhaps_die(engine)

    async def remove(self) -> None:
        engine = await self.moment()
        ledger, left = self.world.model.changes, self.pending_changes()
        if not left:
            return
        id_, actor = self.dice.choice(left), stated_actor(self.dice.choice(PEOPLE), "cli")
        async with self.announced():
            try:
                await engine.changes.remove([id_], actor, "", anyway=self.dice.random() < 0.7)
            except ChangeError as error:
                self.log(f"not removed: {error}")
                return
            self.log(f"{actor.id} removes change {id_}")
            ledger[id_].void = "removed"
            await self.perhaps_die(engine)

    async def ask(self) -> None:
        engine = await self.moment()
        hours = self.world.model.hours_ahead(self.world.now, self.world.now + 3 * DAY)
        in_billing = {
            person: sorted(at for rota, at in hours[person] if rota == "billing")
            for person in sorted(hours)
        }
        people = [person for person in in_billing if in_billing[person]]
        if len(people) < 2:
            return
        person, other = self.dice.sample(people, 2)
        gives = ShiftChoice(self.dice.choice(in_billing[person]))
        takes = ShiftChoice(self.dice.choice(in_billing[other]))
        request = SwapRequest(
            "billing", person, other, gives, takes if self.dice.random() < 0.6 else None
        )
        now = self.world.now
        try:
            swap = (await engine.swaps.ask(request, stated_actor(person, "api"), "party")).swap
        except ChangeError as error:
            self.log(f"{person} cannot ask {other}: {error}")
            return
        self.log(f"swap {swap.id}: {person} asks {other}")
        self.swaps[swap.id] = LedgerSwap(
            person,
            other,
            (*swap.gives, other),
            None if swap.takes is None else (*swap.takes, person),
        )
        await self.perhaps_die(engine)
        await self.pass_time(1.0)
        await self.expect_swap_message(other, now, "swap asked")

    async def expect_swap_message(self, person: str, since: float, what: str) -> None:
        if self.readable(person) and person in self.world.model.variant.people:
            notices = await self.notices_to(person, since)
            count = sum(one.kind == "swap" for one in notices)
            self.expect(count == 1, f"{person} gets {count} messages of: {what}")

    async def answer(self) -> None:
        engine = await self.moment()
        waiting = [id_ for id_, one in self.swaps.items() if one.state == "open"]
        if not waiting:
            return
        id_ = self.dice.choice(waiting)
        swap, now = self.swaps[id_], self.world.now
        verb = self.dice.choice(("accept", "accept", "decline", "cancel"))
        actor = swap.person if verb == "cancel" else swap.other
        affected = swap.other if verb == "cancel" else swap.person
        async with self.announced():
            try:
                await getattr(engine.swaps, verb)(id_, stated_actor(actor, "api"))
            except ChangeError as error:
                self.log(f"{actor} cannot {verb} swap {id_}: {error}")
                return
            self.log(f"{actor}: {verb} swap {id_}")
            ends = {"accept": "accepted", "decline": "declined", "cancel": "cancelled"}
            swap.state = ends[verb]
            if verb == "accept":
                await self.exchange(engine, id_, swap)
            await self.perhaps_die(engine)
        await self.expect_swap_message(affected, now, f"swap {swap.state}")

    async def exchange(self, engine: Engine, id_: int, swap: LedgerSwap) -> None:
        """Take what an accepted swap made into the ledger; it must be what was agreed."""
        stored = await engine.changes.read(ended=True)
        made = sorted((one.start, one.end, one.person) for one in stored if one.swap == id_)
        agreed = [swap.gives] if swap.takes is None else [swap.gives, swap.takes]
        expected = sorted((max(start, self.world.now), end, who) for start, end, who in agreed)
        self.expect(made == expected, f"the swap made {made}, and {expected} was agreed")
        for one in stored:
            if one.swap == id_:
                self.world.model.changes[one.id] = LedgerChange(one.rota, one.as_override())
