"""Events of vendors about their incidents: applied to ours, each once."""

import logging
from collections.abc import Callable
from functools import partial
from typing import Protocol

from gateway.channels.contract import IncidentDirectory
from gateway.core.actions.from_vendor import (
    Happening,
    Step,
    actor_of,
    person_of_email,
    step_after,
)
from gateway.core.actions.table import ActionName
from gateway.core.actor import Actor
from gateway.core.decide.result import ActionOutcome, ActionResult
from gateway.core.incidents.dedup_key import dedup_key, number_in
from gateway.core.incidents.incident import Incident
from gateway.core.incidents.retry import Failure, SendError
from gateway.core.incidents.vendor_event import (
    Cause,
    VendorEvent,
    VendorEventKind,
    VendorUser,
)
from gateway.core.plan.accounts import ChannelSettings
from gateway.core.plan.person import Person
from gateway.core.plan.plan import Plan
from gateway.flow.dispatch.caused import RepeatedEventError
from gateway.store import Store, Tx
from gateway.store.state import incidents, vendor_incidents

log = logging.getLogger(__name__)

UNKNOWN = "it is about no incident of this gateway"


class Act(Protocol):
    """Runs an action of an event on an incident; see `Engine.act_once`."""

    async def __call__(
        self, cause: Cause, number: int, name: ActionName, actor: Actor, **arguments: object
    ) -> ActionResult: ...


class VendorEvents:
    """Applies what people did at vendors. Used from the event loop."""

    def __init__(
        self,
        store: Store,
        plan: Callable[[], Plan],
        now: Callable[[], float],
        act: Act,
        directory: Callable[[str], IncidentDirectory | None],
    ) -> None:
        """`directory` returns what can be asked about an account's incidents, by account key."""
        self._store = store
        self._plan = plan
        self._now = now
        self._act = act
        self._directory = directory

    async def record(self, account: ChannelSettings, event: VendorEvent) -> str:
        """Apply an authentic event; return why nothing follows, or an empty text.

        Raises SendError if the vendor must be asked about the event and does not answer now, and
        StoreUnavailableError: then the vendor must post the event again.
        """
        if event.kind is VendorEventKind.IGNORED:
            return f"{event.name} changes nothing here"
        numbers = await self._numbers(account, event)
        if not numbers:
            return UNKNOWN
        actor = actor_of(event.user, await self._person(account, event.user), account.type)
        assignee = await self._person(account, event.assignee)
        outcomes = []
        for number in numbers:
            outcomes.append(await self._apply(account, event, number, actor, assignee))
        return "" if "" in outcomes else "; ".join(dict.fromkeys(outcomes))

    async def _apply(
        self,
        account: ChannelSettings,
        event: VendorEvent,
        number: int,
        actor: Actor,
        assignee: Person | None,
    ) -> str:
        """Apply an event to one incident; return why nothing follows, or an empty text."""
        read = await self._store.read(partial(_read, number=number))
        if read is None:
            return UNKNOWN
        incident, undone_at = read
        step: Step = step_after(Happening(event, actor, assignee, undone_at), incident)
        if step.name is None or step.actor is None:
            return step.why
        cause = Cause(account.name, event.id, account.account_key)
        try:
            result = await self._act(cause, number, step.name, step.actor, **step.arguments)
        except RepeatedEventError as error:
            return str(error)
        log.info(
            "%s: %s",
            account.name,
            result.answer.value,
            extra={"incident": number, "person": step.actor.id, "event": event.id},
        )
        if result.decision is not None:
            return ""
        return result.why if result.answer is ActionOutcome.REFUSED else result.answer.value

    async def _numbers(self, account: ChannelSettings, event: VendorEvent) -> list[int]:
        """Return the incidents that a vendor's incident stands for, and remember them."""
        stored = await self._store.read(
            lambda tx: vendor_incidents.numbers_of(tx, account.name, event.incident)
        )
        number = await self._store.read(partial(_number_of_key, key=event.key))
        named = {number} if number is not None else set()
        if not stored and not named:
            directory = self._directory(account.account_key)
            for key in [] if directory is None else await directory.keys_of(event.incident):
                other = await self._store.read(partial(_number_of_key, key=key))
                named |= {other} if other is not None else set()
        numbers = sorted({*stored, *named})
        aliases = [one for one in (event.incident, event.merged_into) if one]
        if named - set(stored) or (numbers and event.merged_into):
            await self._store.write(partial(_remember, account.name, aliases, numbers))
        return numbers

    async def _person(self, account: ChannelSettings, user: VendorUser | None) -> Person | None:
        """Return the person with the e-mail address of a vendor's user.

        None where an admin must mend something first: what was done counts all the same.
        """
        directory = self._directory(account.account_key)
        if user is None or directory is None:
            return None
        try:
            email = await directory.email_of(user.id)
        except SendError as error:
            if error.failure is not Failure.MISCONFIGURED:
                raise
            log.warning("%s: nobody is asked for: %s", account.name, error)
            return None
        return person_of_email(self._plan(), email) if email else None


def _read(tx: Tx, number: int) -> tuple[Incident, float] | None:
    """Return an incident, or the one that it was merged into, and when it was last undone."""
    incident = incidents.get(tx, number)
    if incident is not None and incident.responses.merged_into is not None:
        incident = incidents.get(tx, incident.responses.merged_into)
    if incident is None:
        return None
    return incident, vendor_incidents.undone_at(tx, incident.number)


def _number_of_key(tx: Tx, key: str) -> int | None:
    """Return the incident that has this key; None also for another gateway's."""
    number = number_in(key)
    incident = None if number is None else incidents.get(tx, number)
    if incident is None:
        return None
    own = dedup_key(incident.number, incident.group_key, incident.opened_at)
    return incident.number if own == key else None


def _remember(account: str, aliases: list[str], numbers: list[int], tx: Tx) -> None:
    for vendor_id in aliases:
        vendor_incidents.remember(tx, account, vendor_id, numbers)
