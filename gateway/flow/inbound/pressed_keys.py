"""Keys that were pressed in a call: each acts once, and the outcome is what the call says next."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from gateway.core.actions.table import ActionName
from gateway.core.actor import Actor, stated_actor, verified_person
from gateway.core.decide.result import ActionResult
from gateway.core.errors import GatewayError
from gateway.core.incidents.outbox import Notice
from gateway.core.incidents.vendor_event import Cause
from gateway.core.plan.accounts import ChannelSettings
from gateway.core.plan.plan import Plan
from gateway.flow.delivery.pool import SenderPool
from gateway.flow.dispatch.caused import RepeatedEventError
from gateway.flow.dispatch.respond import IncidentAction
from gateway.flow.inbound.outcome_text import outcome_text
from gateway.store import Store, outbox

log = logging.getLogger(__name__)

KEYS: Mapping[str, ActionName] = {"1": ActionName.ACK, "2": ActionName.ESCALATE}
"""The keys that act, as the template `voice/prompt.j2` names them. Every other one repeats."""

DONE_BEFORE = "This is done already."


class UnknownCallError(GatewayError):
    """The call is about no notice of this gateway."""


@dataclass(frozen=True, slots=True)
class PressedKey:
    """An authentic post about a key.

    `call` is the vendor's id of the call, `number` the one that was called, `notice` the message
    that the call's own URL names.
    """

    call: str
    key: str
    number: str
    notice: int


class PressedKeys:
    """Acts on keys. Used from the event loop."""

    def __init__(
        self,
        store: Store,
        plan: Callable[[], Plan],
        delivery: SenderPool,
        respond: Callable[[IncidentAction], Awaitable[ActionResult]],
    ) -> None:
        """`respond` stores an action, as `Dispatcher.respond` does."""
        self._store = store
        self._plan = plan
        self._delivery = delivery
        self._respond = respond

    async def record(self, account: ChannelSettings, pressed: PressedKey) -> str:
        """Act on a key; return the document that the call goes on with.

        Raises UnknownCallError and StoreUnavailableError.
        """
        notice = await self._store.read(lambda tx: outbox.find(tx, pressed.notice))
        if notice is None or notice.incident is None:
            raise UnknownCallError("the call is about no incident of this gateway")
        target = notice.target
        if (target.account, target.address) != (account.name, pressed.number):
            raise UnknownCallError("the call went to another number than the notice")
        action = KEYS.get(pressed.key)
        if action is None:
            return await self._delivery.script(notice)
        text = await self._act(account, pressed, notice, notice.incident, action)
        return self._delivery.last_words(target.account_key, text)

    async def _act(
        self,
        account: ChannelSettings,
        pressed: PressedKey,
        notice: Notice,
        number: int,
        action: ActionName,
    ) -> str:
        cause = Cause(account.name, f"call:{pressed.call}:{pressed.key}")
        actor = _actor(notice, account)
        try:
            result = await self._respond(IncidentAction(number, action, actor, cause=cause))
        except RepeatedEventError:
            return DONE_BEFORE
        except KeyError:
            return f"Not done: there is no #{number} any more."
        return outcome_text(self._plan(), result)


def _actor(notice: Notice, account: ChannelSettings) -> Actor:
    """Return who was called: a person, or for a number of a receiver the number."""
    target = notice.target
    if target.person is None:
        return stated_actor(target.address, account.type)
    return verified_person(target.person, account.type)
