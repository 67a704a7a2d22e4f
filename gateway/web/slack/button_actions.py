"""The buttons of messages in Slack and what each does: another one is one line here."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from gateway.core.actions.table import ActionName
from gateway.core.actor import Actor
from gateway.core.decide.result import ActionOutcome, ActionResult
from gateway.core.incidents.silence import SilenceError
from gateway.core.oncall.rejected import ChangeError
from gateway.core.plan.plan import Plan
from gateway.core.text.escape import slack_escape
from gateway.core.time.timestamps import format_duration
from gateway.flow.dispatch.caused import RepeatedEventError
from gateway.flow.engine import Engine
from gateway.flow.oncall.plan_in_force import ConcurrentChangesError
from gateway.flow.silences.of_incident import silence_incident
from gateway.render.view.times import clock_time
from gateway.store.state import callback_events, incidents
from gateway.web.explain.names import zone_for
from gateway.web.slack.button_presses import ButtonPress

HOUR = 3600.0

ButtonAction = Callable[[Engine, ButtonPress, Actor], Awaitable[str]]
"""(engine, press, actor): what follows, and the outcome for the person as mrkdwn.

Raises KeyError for an unknown incident or swap, StoreUnavailableError if nothing was saved,
RepeatedEventError for a press that was handled before, perhaps by another replica.
"""


async def _act(name: ActionName, engine: Engine, press: ButtonPress, actor: Actor) -> str:
    """Act for this press once: another replica may get the same request."""
    arguments: dict[str, Any] = {}
    if name is ActionName.TAKE:
        # From the person whom the message showed, so that the second of two fails (E20).
        arguments["holder"] = press.detail
    if press.cause is None:
        result = await engine.act(press.number, name, actor, **arguments)
    else:
        result = await engine.act_once(press.cause, press.number, name, actor, **arguments)
    return outcome_text(engine.plan, result)


async def _silence_once(seconds: float, engine: Engine, press: ButtonPress, actor: Actor) -> str:
    """Silence the incident, unless this press did so before: somebody may have ended it since."""
    if press.cause is None:
        return await _silence(seconds, engine, press, actor)
    account, event, store = press.cause.account, press.cause.event, engine.store
    now = engine.now()
    if not await store.write(lambda tx: callback_events.begin(tx, account, event, now)):
        raise RepeatedEventError("this press was handled before")
    outcome = await _silence(seconds, engine, press, actor)
    await store.write(lambda tx: callback_events.finish(tx, account, event, "silenced"))
    return outcome


async def _silence(seconds: float, engine: Engine, press: ButtonPress, actor: Actor) -> str:
    incident = await engine.store.read(lambda tx: incidents.get(tx, press.number))
    if incident is None:
        raise KeyError(press.number)
    if not incident.open:
        return f"Not silenced: #{press.number} is resolved."
    plan, now = engine.plan, engine.now()
    length = format_duration(seconds)
    try:
        silence = await silence_incident(
            engine.silences,
            plan.root,
            incident,
            now=now,
            seconds=seconds,
            created_by=actor.id,
            comment=f"silenced for {length} from Slack",
        )
    except SilenceError as error:
        return f"Not silenced: {slack_escape(str(error))}"
    until = clock_time(silence.ends_at, zone_for(plan, actor.id), now)
    return f"#{press.number} is silenced until {until}."


async def _accept(engine: Engine, press: ButtonPress, actor: Actor) -> str:
    try:
        await engine.swaps.accept(press.number, actor)
    except (ChangeError, ConcurrentChangesError) as error:
        return f"Not accepted: {slack_escape(str(error))}"
    return "You accepted the swap."


async def _decline(engine: Engine, press: ButtonPress, actor: Actor) -> str:
    try:
        await engine.swaps.decline(press.number, actor)
    except (ChangeError, ConcurrentChangesError) as error:
        return f"Not declined: {slack_escape(str(error))}"
    return "You declined the swap."


BUTTON_ACTIONS: Mapping[str, ButtonAction] = {
    "gateway_acknowledge": partial(_act, ActionName.ACK),
    "gateway_take": partial(_act, ActionName.TAKE),
    "gateway_undo": partial(_act, ActionName.UNACK),
    "gateway_accept": partial(_act, ActionName.ACK),
    "gateway_decline": partial(_act, ActionName.DECLINE),
    "gateway_useful": partial(_act, ActionName.USEFUL),
    "gateway_noise": partial(_act, ActionName.NOISE),
    "gateway_escalate": partial(_act, ActionName.ESCALATE),
    "gateway_silence_1h": partial(_silence_once, HOUR),
    "gateway_silence_4h": partial(_silence_once, 4 * HOUR),
    "gateway_resolve": partial(_act, ActionName.RESOLVE),
    "gateway_accept_swap": _accept,
    "gateway_decline_swap": _decline,
}
"""By the `action_id` of `gateway.channels.slack.buttons`. Other buttons only open a page."""


def outcome_text(plan: Plan, result: ActionResult) -> str:
    """Return the outcome of an action for the person who acted, as mrkdwn."""
    incident, answer = result.incident, result.answer
    number, ack = f"#{incident.number}", incident.ack
    holder = slack_escape(plan.name_of(ack.by)) if ack is not None else "somebody else"
    texts = {
        ActionOutcome.DONE: f"You acknowledged {number}.",
        ActionOutcome.TAKEN_OVER: f"You took {number} over.",
        ActionOutcome.ALREADY: f"{number} is acknowledged by {holder} already.",
        ActionOutcome.HELD: f"Nothing changed: {number} is acknowledged by {holder} now.",
        ActionOutcome.RESOLVED: f"Nothing changed: {number} is resolved already.",
        ActionOutcome.NOT_ACKNOWLEDGED: f"Nothing changed: {number} is not acknowledged.",
        ActionOutcome.REFUSED: f"Not done: {slack_escape(result.why)}.",
    }
    return texts.get(answer, f"{number}: {answer.value}.")
