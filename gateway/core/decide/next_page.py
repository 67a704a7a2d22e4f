"""What happens next if nobody acknowledges: who is paged, and when. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gateway.core.decide.contacts_due import is_urgent, pending_contacts
from gateway.core.incidents.incident import Incident
from gateway.core.plan.plan import Plan, Step
from gateway.core.plan.recipients import fallback_of, receiver_of, step_targets
from gateway.core.plan.references import OF_ROTAS, parse_reference, resolve_reference
from gateway.core.routing.mutes import find_mute, next_mute_change

MOST_CHANGES = 20
"""Changes of mute intervals that are followed. Higher: odd intervals cost more time. Lower: an
incident that is muted by many intervals shows no next page."""


@dataclass(frozen=True, slots=True)
class NextPage:
    """The next page of an escalation or of a personal rule: at which instant, and whom it reaches.

    `notify` are references as in routes.yaml (`person:ana`, `rota:billing`, `receiver:everyone`),
    or `turn:` and the names of those who take turns by round robin.
    `on_call` names the people whom the references to rotas among them stand for at that instant.
    `by` are the contacts, where a rule of the one person in `notify` is next.
    """

    at: float
    notify: tuple[str, ...]
    on_call: Mapping[str, tuple[str, ...]]
    by: tuple[str, ...] = ()


def next_page(incident: Incident, plan: Plan, now: float) -> NextPage | None:
    """Return what the escalation or a personal rule does next, whichever is sooner.

    None if neither does anything by itself. What waits for quiet hours is no page.
    """
    rule, step = _next_rule(incident, plan, now), _next_escalation(incident, plan)
    if rule is None or step is None:
        return rule or step
    return min(rule, step, key=lambda page: page.at)


def _next_rule(incident: Incident, plan: Plan, now: float) -> NextPage | None:
    """Return the next contact by a personal rule, or several that are due together."""
    pending = [one for one in pending_contacts(incident, plan, now) if not one.quiet]
    if not pending or incident.ack is not None:
        return None
    at = _after_mutes(incident, plan, pending[0].at)
    if at is None:
        return None
    person = pending[0].person
    together = [one for one in pending if one.person == person and one.at <= at]
    by = tuple(one.contact.name for one in together)
    return NextPage(at, (f"person:{person.id}",), {}, by)


def _next_escalation(incident: Incident, plan: Plan) -> NextPage | None:
    """Return what the escalation does next, or None if it does nothing by itself.

    The same rules as in `escalation`: no step while the route is muted, a step that is skipped or
    reaches nobody is not waited for, and if the last one taken reaches nobody the fallback is
    notified.
    None while it is acknowledged, resolved, or everything that fires is silenced or inhibited.
    """
    state = incident.escalation
    policy = plan.escalations.get(state.name) if state else None
    if state is None or state.next_at is None or policy is None:
        return None
    if not incident.open or incident.ack is not None or incident.suppressed:
        return None
    at = _after_mutes(incident, plan, state.next_at)
    if at is None:
        return None
    step, applies = _next_step(incident, plan, policy.steps[state.step :], at)
    if not applies and state.reached:
        if state.round >= policy.repeat:
            return None
        step, _ = _next_step(incident, plan, policy.steps, at)
    if step is not None and step.round_robin:
        urgent = is_urgent(incident, plan)
        people = step_targets(plan, step, at, urgent=urgent).people
        names = map(plan.name_of, people)
        return NextPage(at, (f"turn:{', '.join(names)}",), {})
    if step is not None:
        return NextPage(at, step.notify, _on_call(plan, step, at))
    fallback = fallback_of(plan, receiver_of(plan, incident.receiver))
    return NextPage(at, (f"receiver:{fallback.name}",), {}) if fallback.targets else None


def _next_step(
    incident: Incident, plan: Plan, steps: Sequence[Step], at: float
) -> tuple[Step | None, bool]:
    """Return the first step that applies at `at` and has targets, and whether any step applies."""
    applicable = [step for step in steps if not plan.skips(step, incident.severity, at)]
    urgent = is_urgent(incident, plan)
    reaching = (step for step in applicable if step_targets(plan, step, at, urgent=urgent).targets)
    return next(reaching, None), bool(applicable)


def _after_mutes(incident: Incident, plan: Plan, at: float) -> float | None:
    """Return the first instant from `at` on at which the route is not muted; None if never."""
    route = plan.route(incident.route_id)
    for _ in range(MOST_CHANGES):
        if not find_mute(route, plan.time_intervals, at):
            return at
        change = next_mute_change(route, plan.time_intervals, at)
        if change is None:
            return None
        at = change
    return at


def _on_call(plan: Plan, step: Step, at: float) -> dict[str, tuple[str, ...]]:
    return {
        one: tuple(map(plan.name_of, resolve_reference(plan, one, at).people))
        for one in step.notify
        if parse_reference(one).kind in OF_ROTAS
    }
