"""Contacts that bounce, are refused, and work again."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.core.plan.contact_health import ContactEvent, ContactEventKind
from gateway.flow.contacts.events import record_event
from tests.simulation.on_call.base import PEOPLE, OnCallBase
from tests.simulation.on_call.routes import CONTACTS
from tests.simulation.on_call.world import waits_for
from tests.store.reads import open_incidents


@dataclass
class ContactActions(OnCallBase):
    """What vendors and admins say of addresses."""

    events_posted: int = 0

    async def bounce(self) -> None:
        """Let a message come back, or an address be reported without one."""
        engine = await self.moment()
        person = self.dice.choice(await self.mailed_people() or self.world.model.variant.people)
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
        now, plan = self.world.now, engine.plan
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
        again = await self.world.engine.contacts.record("email", event)
        self.expect(again == "it was posted before", f"posted again: {again}")

    async def mailed_people(self) -> list[str]:
        """Return those of the file who were mailed about an incident that waits for them."""
        waiting = await self.world.engine.store.read(open_incidents)
        return [
            person
            for person in self.world.model.variant.people
            if any(
                waits_for(one, person) and f"email:{person}@example.com" in one.notified_targets
                for one in waiting
            )
        ]

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
