"""Random days of people on call. Each action says what must follow, and checks it."""

from dataclasses import dataclass

from gateway.core.actor import stated_actor
from tests.flow.world import HOUR
from tests.simulation.on_call.calendar_actions import CalendarActions
from tests.simulation.on_call.contact_actions import ContactActions
from tests.simulation.on_call.routes import CONTACTS, VARIANTS
from tests.simulation.on_call.shift_actions import ShiftActions
from tests.simulation.random_days import Action


@dataclass
class OnCallDay(ShiftActions, ContactActions, CalendarActions):
    """One run with one seed."""

    def actions(self) -> dict[Action, int]:
        """Return what may happen, and how often in proportion."""
        return super().actions() | {
            self.change: 12,
            self.remove: 5,
            self.ask: 8,
            self.answer: 14,
            self.bounce: 7,
            self.refuse: 4,
            self.clear: 3,
            self.calendar: 5,
            self.confirm: 2,
            self.reload: 4,
        }

    async def begin(self) -> None:
        """Fill the calendar, and let everybody's shifts become known."""
        self.serve(self.drawn_shifts())
        await self.world.start()
        await self.pass_time(1.0)

    async def play(self, events: int) -> None:
        """Play, then wait until the gateway does not report void changes any more."""
        await super().play(events)
        for _ in range(5):
            await self.pass_time(6 * HOUR)

    async def repair(self) -> None:
        """Let everything work again: vendors, addresses, the calendar, the changes and the file."""
        await super().repair()
        self.world.refused.clear()
        self.serve(self.world.shifts or self.drawn_shifts())
        await self.clear_contacts(sorted(self.world.unusable), dies=False)
        await self.load(0)
        pending = self.pending_changes()
        if pending:
            actor = stated_actor("ana", "cli")
            await self.world.engine.changes.remove(pending, actor, "", anyway=True)
            for id_ in pending:
                self.world.model.changes[id_].void = "removed"

    async def reload(self) -> None:
        await self.load(self.dice.randrange(len(VARIANTS)))

    async def load(self, number: int) -> None:
        """Load another file; what its people have in the calendar counts at once."""
        await self.moment()
        variant, now = VARIANTS[number], self.world.now
        self.reloads.append((now, number))
        self.log(f"routes are reloaded, variant {number}")
        async with self.announced():
            self.world.routes = variant.text
            for engine in list(self.world.replicas):
                problems = await engine.reload()
                assert problems == (), problems
            self.world.model.reload(variant, now)
            known = {key for person in variant.people for key in CONTACTS[person]}
            for key in self.world.unusable.keys() - known - {"email:billing-oncall@example.com"}:
                del self.world.unusable[key]
            for swap in self.swaps.values():
                ends = min(swap.gives[1], swap.takes[1] if swap.takes else swap.gives[1])
                gone = {swap.person, swap.other} - set(variant.people)
                if swap.state == "open" and gone and now < ends:
                    swap.state = "void"
