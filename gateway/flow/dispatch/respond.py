"""Responses: people's actions on incidents, stored before they are answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from gateway.core.actions.table import ACTIONS, ActionName, ActionSpec
from gateway.core.actor import Actor
from gateway.core.decide.result import ActionResult
from gateway.core.incidents.incident import Incident
from gateway.core.incidents.notice import NoticeKind
from gateway.core.incidents.vendor_event import Cause
from gateway.core.plan.channels import CHANNELS, Capability
from gateway.flow.dispatch.caused import record_cause, record_what_origin_knows, without_origin
from gateway.flow.dispatch.context import DecisionContext
from gateway.flow.dispatch.dispatch import with_latest_reports
from gateway.flow.dispatch.merged import follow_merged, members_with_merged
from gateway.flow.dispatch.save_decisions import save_decisions
from gateway.flow.dispatch.turn_keeper import TurnKeeper
from gateway.flow.intake.grouping import store_alerts
from gateway.store import Tx, outbox
from gateway.store.state import incidents, timeline

PENDING_STEPS = (NoticeKind.ESCALATION, NoticeKind.REPEAT, NoticeKind.MISSED)
"""Kinds of notices that an acknowledgement cancels while they have not been sent (E22)."""


@dataclass(frozen=True, slots=True)
class IncidentAction:
    """An actor's action on one incident; `other` is the number of a second one.

    `arguments` are those of the action's function in `gateway.core.actions`, by name. `cause` is
    the event of a vendor that it follows from.
    """

    number: int
    name: ActionName
    actor: Actor
    arguments: Mapping[str, Any] = field(default_factory=dict)
    other: int | None = None
    cause: Cause | None = None

    @property
    def spec(self) -> ActionSpec:
        """The action's entry in the table of all actions."""
        return ACTIONS[self.name]


def respond(
    tx: Tx,
    action: IncidentAction,
    context: DecisionContext,
    now: float,
    withdrawn_ids: Sequence[int] = (),
) -> ActionResult:
    """Apply a person's action and store what follows. KeyError for an unknown incident.

    Raises RepeatedEventError for the second action of the same event on this incident.
    An action on a merged incident goes to the one that it was merged into, unless it is about the
    merge. `withdrawn_ids` are notices that this replica had claimed and whose attempt has not
    begun.
    """
    spec, actor, cause = action.spec, action.actor, action.cause
    if cause is not None:
        record_cause(tx, cause, action.number, action.name, now)
    incident = _incident(tx, action.number)
    if incident.responses.merged_into is not None and not spec.on_merged:
        incident = _incident(tx, incident.responses.merged_into)
    keeper = TurnKeeper(tx, context.plan)
    stored = members_with_merged(tx, [incident])[incident.number]
    latest = with_latest_reports(stored, context.repost_cache)
    decide = partial(spec.decide, **_arguments(tx, action, incident, context, keeper))
    result: ActionResult = decide(incident, latest, context.plan, actor, now)
    if result.decision is None:
        return result
    number = incident.number
    if spec.stops_steps:
        outbox.release(tx, context.claimant.name, withdrawn_ids)
        _cancel_steps(tx, result, actor)
    timeline.add_ack(tx, number, result.answer.value, actor, now)
    decisions = [one for one in (result.decision, result.other) if one is not None]
    decisions += follow_merged(tx, [incident], decisions, now)
    if cause is None:
        save_decisions(tx, decisions, now, context.accepts)
    else:
        sent = [without_origin(one, cause) for one in decisions]
        save_decisions(tx, sent, now, context.accepts)
        for one in decisions:
            record_what_origin_knows(tx, one, cause)
    keeper.record(result.decision)
    keeper.save()
    if result.decision.ended:
        store_alerts(tx, result.decision.ended, context.plan, now)
    return result


def _incident(tx: Tx, number: int) -> Incident:
    incident = incidents.get(tx, number)
    if incident is None:
        raise KeyError(number)
    return incident


def _arguments(
    tx: Tx,
    action: IncidentAction,
    incident: Incident,
    context: DecisionContext,
    keeper: TurnKeeper,
) -> dict[str, Any]:
    """Return the arguments of the action's function, with what only the database knows."""
    spec, arguments = action.spec, dict(action.arguments)
    if spec.takes_turns:
        arguments["turns"] = keeper.turns
    if spec.takes_successor and not incident.open:
        key = incident.group_key
        successor = incidents.open_by_key(tx, [key]).get(key)
        arguments["successor"] = None if successor is None else successor.number
    if spec.names_other:
        number = action.other
        if number is None:
            number = incident.responses.merged_into
        other = incident if number is None else _incident(tx, number)
        arguments["other"] = other
        if spec.reads_other:
            stored = members_with_merged(tx, [other])[other.number]
            arguments["other_members"] = with_latest_reports(stored, context.repost_cache)
    return arguments


def _cancel_steps(tx: Tx, result: ActionResult, actor: Actor) -> None:
    """Cancel what would still page people, and the actor's own pages about this incident."""
    number = result.incident.number
    done = "acknowledged" if result.incident.ack is not None else result.answer.value
    why = f"{done} by {actor.id}"
    outbox.cancel_kinds(tx, number, PENDING_STEPS, why)
    for spec in CHANNELS.values():
        if spec.can(Capability.SKIPS_ACTOR):
            outbox.cancel_pages(tx, number, actor.id, spec.name, why)
