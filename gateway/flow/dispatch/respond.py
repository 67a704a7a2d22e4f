"""Respond: a person's action on an incident, saved before it is answered."""

from collections.abc import Callable, Sequence

from gateway.core.decide.result import ActionResult
from gateway.core.incidents.incident import Incident, Member
from gateway.core.incidents.notice import NoticeKind
from gateway.core.plan.channels import CHANNELS, Capability
from gateway.core.plan.plan import Plan
from gateway.flow.delivery.queue_heads import Accepts
from gateway.flow.dispatch.dispatch import save_decisions, with_latest_reports
from gateway.flow.intake.repost_cache import RepostCache
from gateway.store import Tx, outbox
from gateway.store.state import incidents, members, timeline

PENDING_STEPS = (NoticeKind.ESCALATION, NoticeKind.REPEAT)
"""Kinds of notices that an acknowledgement cancels while they have not been sent (E22)."""

Action = Callable[[Incident, list[Member], Plan, str, str, float], ActionResult]


def respond(
    tx: Tx,
    number: int,
    action: Action,
    plan: Plan,
    repost_cache: RepostCache,
    accepts: Accepts,
    by: str,
    via: str,
    now: float,
    owner: str = "",
    withdrawn_ids: Sequence[int] = (),
) -> ActionResult:
    """Do `action` to incident `number` and save what follows. KeyError when there is none.

    `withdrawn_ids` are notices that `owner` had claimed and has not begun.
    """
    incident = incidents.get(tx, number)
    if incident is None:
        raise KeyError(number)
    joined = with_latest_reports(members.by_incident(tx, [number]).get(number, []), repost_cache)
    response = action(incident, joined, plan, by, via, now)
    if response.decision is None:
        return response
    if response.incident.ack is not None:
        outbox.release(tx, owner, withdrawn_ids)
        outbox.cancel_kinds(tx, number, PENDING_STEPS, f"acknowledged by {by}")
        for spec in CHANNELS.values():
            if spec.can(Capability.SKIPS_ACTOR):
                outbox.cancel_pages(tx, number, by, spec.name, f"acknowledged by {by}")
    timeline.add_ack(tx, number, response.answer.value, by, now, via)
    save_decisions(tx, [response.decision], now, accepts)
    return response
