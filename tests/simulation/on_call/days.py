"""Random days of people on call. Each action says what must follow, and checks it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from gateway.core.actor import stated_actor
from gateway.core.incidents.incident import Incident, State
from gateway.core.incidents.personal_state import state_of
from gateway.core.oncall.add_changes import ChangeRequest
from gateway.core.oncall.ask_swap import ShiftChoice, SwapRequest
from gateway.core.oncall.rejected import ChangeError
from gateway.core.plan.contact_health import ContactEvent, ContactEventKind
from gateway.flow.contacts.events import record_event
from gateway.flow.engine import Engine
from gateway.store.queries.deliveries import NoticeSummary, notices_of, notices_to_person
from tests.fakes.server import Behaviour
from tests.flow.world import DAY, HOUR, START
from tests.simulation.on_call.duty_model import Event, LedgerChange
from tests.simulation.on_call.routes import CONTACTS, VARIANTS, can_read
from tests.simulation.on_call.world import OnCallWorld
from tests.simulation.random_days import Action, Simulation
from tests.store.reads import open_incidents

PEOPLE = ("ana", "ben", "cho", "dee")
NEWS = ("shifts-changed", "handover")
NEWS_AHEAD = 26 * DAY
"""Seconds ahead in which a changed shift must be announced: a little less than four weeks."""

BROKEN = (
    Behaviour(status=500, body="no"),
    Behaviour(status=200, body="<!DOCTYPE html>", content_type="text/html"),
    Behaviour(status=200, body="BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\n"),
    Behaviour(drop="before"),
)


@dataclass
class LedgerSwap:
    """A swap as it was asked for, and what became of it."""

    person: str
    other: str
    gives: Event
    takes: Event | None
    state: str = "open"


@dataclass
class OnCallDay(Simulation):
    """One run with one seed, in a world with a model."""

    world: OnCallWorld
    swaps: dict[int, LedgerSwap] = field(default_factory=dict)
    events_posted: int = 0

    def actions(self) -> dict[Action, int]:
        """Return what may happen, and how often in proportion."""
        return super().actions() | {
            self.change: 7,
            self.remove: 3,
            self.ask: 4,
            self.answer: 5,
            self.bounce: 3,
            self.refuse: 2,
            self.clear: 2,
            self.calendar: 4,
            self.confirm: 1,
            self.reload: 3,
        }

    async def begin(self) -> None:
        """Fill the calendar, and let everybody's shifts become known."""
        self.serve(self.drawn_shifts())
        await self.world.start()
        await self.pass_time(1.0)

    async def repair(self) -> None:
        """Let everything work again: vendors, addresses, the calendar and the first file."""
        await super().repair()
        self.world.refused.clear()
        self.serve(self.world.shifts or self.drawn_shifts())
        await self.clear_contacts(sorted(self.world.unusable), dies=False)
        await self.load(0)

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

    # Who is on call.

    @asynccontextmanager
    async def announced(self) -> AsyncIterator[None]:
        """Whoever gets or loses a shift in the block is notified of that within a second."""
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
                asked = (request.rota, request.person, request.replaces, request.beside)
                stored = (made.rota, made.person, made.replaces, made.beside)
                self.expect(asked == stored, f"stored as {made}")
                self.expect((made.start, made.end) == (start, request.end), f"stored as {made}")
            await self.perhaps_die(engine)

    async def remove(self) -> None:
        engine = await self.moment()
        ledger, now = self.world.model.changes, self.world.now
        left = [id_ for id_, one in ledger.items() if not one.void and one.override.end > now]
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
        concerned = swap.other if verb == "cancel" else swap.person
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
        await self.expect_swap_message(concerned, now, f"swap {swap.state}")

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

    # Contacts.

    async def bounce(self) -> None:
        """Let a message come back, or an address be reported without one."""
        engine = await self.moment()
        person = self.dice.choice(self.world.model.variant.people)
        key = f"email:{person}@example.com"
        sent = [one for one in self.world.delivered if one.to == key]
        notice = sent[-1].notice if sent and self.dice.random() < 0.7 else None
        self.events_posted += 1
        event = ContactEvent(
            f"Bounce:{self.events_posted}",
            f"{person}@example.com",
            ContactEventKind.BOUNCED,
            "Hard bounce: 550",
            notice,
        )
        self.log(f"{key} bounces (notice {notice})")
        was_usable, now, plan = key not in self.world.unusable, self.world.now, engine.plan
        waiting = await self.waiting_for(person, key) if was_usable else []
        self.world.unusable.setdefault(key, now)
        if self.dice.random() < 0.5:
            why = await engine.contacts.record("email", event)
        else:  # it dies between the commit and all that follows
            why = await engine.store.write(lambda tx: record_event(tx, "email", event, plan, now))
            self.log("the replica is killed right after that")
            await self.world.kill(engine)
            await self.world.start(f"replica-{self.dice.random()}")
        self.expect(why == "", f"nothing follows: {why}")
        await self.pass_time(1.0)
        for number in waiting:
            await self.expect_next_contact(number, person)
        again = await self.world.engine.contacts.record("email", event)
        self.expect(again == "it was posted before", f"posted again: {again}")

    async def waiting_for(self, person: str, key: str) -> list[int]:
        """Return the incidents that wait for somebody who was notified of them by a contact."""
        numbers = []
        for one in await self.world.engine.store.read(open_incidents):
            if _waits(one, person) and key in one.notified_targets:
                numbers.append(one.number)
        return numbers

    async def expect_next_contact(self, number: int, person: str) -> None:
        """Some contact of the person that works was notified, or somebody else."""
        incident = await self.world.incident(number)
        usable = [key for key in CONTACTS[person] if key not in self.world.unusable]
        if not _waits(incident, person) or not usable:
            return
        notices = await self.world.engine.store.read(lambda tx: notices_of(tx, number))
        reached = {one.target.key for one in notices}
        self.expect(bool(reached & set(usable)), f"#{number}: {person} is not notified by {usable}")

    async def refuse(self) -> None:
        """Let a vendor refuse a contact, or accept it again."""
        contacts = [key for person in PEOPLE for key in CONTACTS[person]]
        key = self.dice.choice(contacts)
        self.world.refused ^= {key}
        self.log(f"{key} is {'refused' if key in self.world.refused else 'accepted again'}")

    async def clear(self) -> None:
        """Let an admin clear a contact, or the vendor say that it works."""
        if self.world.unusable:
            await self.clear_contacts([self.dice.choice(sorted(self.world.unusable))], dies=True)

    async def clear_contacts(self, keys: Sequence[str], *, dies: bool) -> None:
        engine = await self.moment()
        left = [key for key in keys if key in self.world.unusable]
        for key in left:
            del self.world.unusable[key]
        if len(left) == 1 and left[0].startswith("email:") and self.dice.random() < 0.5:
            self.events_posted += 1
            address = left[0].removeprefix("email:").upper()
            kind, id_ = ContactEventKind.REACTIVATED, f"Subscription:{self.events_posted}"
            await engine.contacts.record("email", ContactEvent(id_, address, kind, ""))
            self.log(f"Postmark says that {left[0]} works again")
        else:
            cleared = await engine.contacts.clear(left)
            self.log(f"{left} are cleared")
            self.expect(sorted(cleared) == sorted(left), f"cleared: {cleared}")
        if dies:
            await self.perhaps_die(engine)

    # The calendar.

    def drawn_shifts(self) -> tuple[Event, ...]:
        """Draw shifts of eight hours for two weeks."""
        first = START - DAY
        return tuple(
            (first + number * 8 * HOUR, first + (number + 1) * 8 * HOUR, self.dice.choice(PEOPLE))
            for number in range(45)
        )

    def serve(self, shifts: tuple[Event, ...]) -> None:
        """Let the server have these shifts."""
        self.world.shifts = shifts
        self.world.server.text = calendar_text(shifts)
        self.world.server.default = None

    async def calendar(self) -> None:
        """Change the calendar, break it, empty it, or repair it."""
        kind = self.dice.choice(("other", "broken", "broken", "empty", "repaired"))
        self.log(f"the calendar is {kind}")
        if kind == "broken":
            self.world.server.default = self.dice.choice(BROKEN)
        elif kind == "empty":
            self.serve(())
        else:
            self.serve(self.drawn_shifts())

    async def confirm(self) -> None:
        """Let an admin say that what the calendar has lost is right."""
        engine = await self.moment()
        model = self.world.model
        if not model.variant.platform:
            return
        confirmed = await engine.calendars.confirm("${PLATFORM_CALENDAR}")
        self.log(f"the loss of the calendar is confirmed: {confirmed}")
        self.expect(confirmed == (model.calendar.lost_since is not None), "wrongly")
        model.calendar.confirmed = confirmed


def _waits(incident: Incident, person: str) -> bool:
    """Return whether a person was reached and an answer is waited for."""
    state = state_of(incident.personal, person)
    return (
        incident.state is State.FIRING
        and incident.ack is None
        and not incident.suppressed
        and state is not None
        and state.since is not None
    )


def calendar_text(shifts: Sequence[Event]) -> str:
    """Return the shifts as iCalendar."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0"]
    for start, end, person in shifts:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{start:.0f}",
            f"DTSTART:{_utc(start)}",
            f"DTEND:{_utc(end)}",
            f"SUMMARY:{person.title()}",
            "END:VEVENT",
        ]
    return "\n".join([*lines, "END:VCALENDAR", ""])


def _utc(at: float) -> str:

    return datetime.fromtimestamp(at, UTC).strftime("%Y%m%dT%H%M%SZ")
