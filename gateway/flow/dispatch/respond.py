"""Responses: people's actions on incidents, stored before they are answered."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gateway.core.actor import Actor
from gateway.core.decide.result import ActionResult
from gateway.core.incidents.incident import Incident, Member
from gateway.core.incidents.notice import NoticeKind
from gateway.core.plan.channels import CHANNELS, Capability
from gateway.core.plan.plan import Plan
from gateway.flow.dispatch.context import DecisionContext
from gateway.flow.dispatch.dispatch import with_latest_reports
from gateway.flow.dispatch.save_decisions import save_decisions
from gateway.store import Tx, outbox
from gateway.store.state import incidents, members, timeline

PENDING_STEPS = (NoticeKind.ESCALATION, NoticeKind.REPEAT, NoticeKind.MISSED)
"""Kinds of notices that an acknowledgement cancels while they have not been sent (E22)."""

DecideAction = Callable[[Incident, list[Member], Plan, Actor, float], ActionResult]
"""(incident, members, plan, actor, now): what follows, decided by the core."""


@dataclass(frozen=True, slots=True)
class IncidentAction:
    """An actor's action on one incident.

    `stops_steps`: the action withdraws escalation steps and repeats that are already claimed for
    sending.
    """

    number: int
    decide: DecideAction
    actor: Actor
    stops_steps: bool = True


def respond(
    tx: Tx,
    action: IncidentAction,
    context: DecisionContext,
    now: float,
    withdrawn_ids: Sequence[int] = (),
) -> ActionResult:
    """Apply a person's action and store what follows. KeyError for an unknown incident.

    `withdrawn_ids` are notices that this replica had claimed and whose attempt has not begun.
    """
    number, actor = action.number, action.actor
    incident = incidents.get(tx, number)
    if incident is None:
        raise KeyError(number)
    stored = members.by_incident(tx, [number]).get(number, [])
    latest = with_latest_reports(stored, context.repost_cache)
    result = action.decide(incident, latest, context.plan, actor, now)
    if result.decision is None:
        return result
    if result.incident.ack is not None:
        outbox.release(tx, context.claimant.name, withdrawn_ids)
        outbox.cancel_kinds(tx, number, PENDING_STEPS, f"acknowledged by {actor.id}")
        for spec in CHANNELS.values():
            if spec.can(Capability.SKIPS_ACTOR):
                outbox.cancel_pages(tx, number, actor.id, spec.name, f"acknowledged by {actor.id}")
    timeline.add_ack(tx, number, result.answer.value, actor, now)
    save_decisions(tx, [result.decision], now, context.accepts)
    return result
