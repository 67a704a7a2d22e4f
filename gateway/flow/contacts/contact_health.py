"""Contacts that do not work: recorded, listed, cleared, and the incidents that go on without them.

A contact becomes unusable when a vendor refuses its address at a send, or posts that a message came
back. It is usable again after a successful send, when the vendor posts so, or when an admin clears
it. The plan in force knows it (`Plan.unusable_contacts`), so every decision skips it.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence

from gateway.core.plan.contact_health import ContactEvent, UnusableName, names_of_unusable
from gateway.core.plan.plan import Plan
from gateway.core.plan.recipients import contact_target
from gateway.flow.contacts.events import record_event
from gateway.flow.oncall.plan_in_force import PlanInForce
from gateway.flow.runtime.health import Health
from gateway.flow.runtime.wake import wait_for_wake
from gateway.store import Store, Tx
from gateway.store.state import contact_health, schedule

log = logging.getLogger(__name__)

POLL = 30.0
"""Seconds between two rounds at most, in case a wake was lost with an error."""

NOTIFIED_WITHIN = 7 * 86400.0
"""Seconds before now in which an incident must have been notified by a contact to go on without it.
Higher reads more notices; an older message is not waited for any more."""


class ContactHealth:
    """The health of contacts of one replica. Used from the event loop."""

    def __init__(
        self,
        store: Store,
        in_force: PlanInForce,
        now: Callable[[], float],
        schedule_at: Callable[[float], None],
    ) -> None:
        """`schedule_at` gets the time (unix seconds) from which incidents are due."""
        self._store = store
        self._in_force = in_force
        self._now = now
        self._schedule_at = schedule_at
        self._known: frozenset[str] = frozenset()  # unusable keys whose incidents went on
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Begin the next round now, because what is stored or in force may have changed."""
        self._wake.set()

    async def run(self, mark_healthy: Callable[[], None]) -> None:
        """Let incidents go on without contacts that became unusable, until cancelled."""
        while True:
            self._wake.clear()
            await self.check_once()
            mark_healthy()
            await wait_for_wake(self._wake, POLL)

    async def check_once(self) -> None:
        """Put in force what is stored, and make incidents due that wait for unusable contacts.

        Every replica does so after it has read the change: a decision that another one made in
        between by its older plan is made again.
        """
        await self._in_force.check_once()
        plan = self._in_force.plan
        unusable = frozenset(plan.unusable_contacts)
        added = sorted(unusable - self._known)
        if added:
            now = self._now()
            await self._store.write(lambda tx: continue_incidents(tx, plan, added, now))
            self._schedule_at(now)
            log.warning(
                "contacts became unusable: gateway contact list", extra={"count": len(added)}
            )
        self._known = unusable

    async def record(self, account: str, event: ContactEvent) -> str:
        """Store an authentic event of a vendor; return why nothing follows, or an empty text."""
        plan, now = self._in_force.plan, self._now()
        outcome = await self._store.write(lambda tx: record_event(tx, account, event, plan, now))
        if not outcome:
            self._schedule_at(now)
        await self.check_once()
        return outcome

    async def clear(self, keys: Sequence[str]) -> list[str]:
        """Let targets be used again; return the keys of those that were unusable."""
        cleared = await self._store.write(lambda tx: contact_health.clear(tx, keys))
        await self.check_once()
        return cleared

    async def unusable(self) -> list[UnusableName]:
        """Return the unusable targets that the plan in force has."""
        stored = await self._store.read(contact_health.unusable)
        return names_of_unusable(self._in_force.plan, stored)

    def health(self) -> Health:
        """Return how many contacts cannot be notified; the text names none.

        The gateway is healthy all the same: its heartbeat must not stop for a full mailbox.
        """
        keys = self._in_force.plan.unusable_contacts
        if not keys:
            return Health("contact addresses", ok=True)
        text = f"{len(keys)} cannot be notified: `gateway contact list` says which and why"
        return Health("contact addresses", text, ok=True)


def continue_incidents(tx: Tx, plan: Plan, keys: Sequence[str], now: float) -> list[int]:
    """Make due the incidents that people were notified of by these contacts; return them."""
    people = [
        person.id
        for person in plan.people.values()
        if any(contact_target(person, one).key in keys for one in person.contacts.values())
    ]
    numbers = contact_health.incidents_notified(tx, keys, people, now - NOTIFIED_WITHIN)
    schedule.move_due_earlier(tx, [(number, now) for number in numbers])
    return numbers
