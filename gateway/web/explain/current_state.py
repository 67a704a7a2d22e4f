"""Why an incident speaks or keeps quiet just now: what is stored, in sentences.

These sentences are made of the same values that the next decision is made of. They answer "why
did nobody hear of it?" and "what will happen next?".
"""

from collections.abc import Sequence

from gateway.core.incidents.incident import Incident, Member
from gateway.core.incidents.suppression import SuppressReason, suppressions_text
from gateway.core.plan.intervals import timing
from gateway.core.plan.plan import UNKNOWN_RANK, Plan, Repeats, Severity
from gateway.core.plan.recipients import receiver_of, step_targets
from gateway.core.plan.target_name import target_name
from gateway.core.routing.match import Route
from gateway.core.routing.mutes import find_mute, next_mute_change
from gateway.core.time.timestamps import format_duration
from gateway.render.view.times import clock_time, duration
from gateway.web.explain.names import name_of


def standing(
    incident: Incident,
    members: Sequence[Member],
    plan: Plan,
    now: float,
    zone: str,
    silences: Sequence[str] = (),
) -> list[str]:
    """How the incident stands at `now`, and what comes next; times on the wall clock of `zone`.

    `silences` are sentences about those that hold now. They stand in place of the one that was
    noted when it was decided to keep quiet, which is the same silence as a rule.
    """

    def at(t: float) -> str:
        return clock_time(t, zone, now)

    if not incident.open:
        ended = now if incident.resolved_at is None else incident.resolved_at
        had = f" {name_of(plan, incident.ack.by)} had acknowledged it." if incident.ack else ""
        return [
            f"It was resolved at {at(ended)}, and lasted {duration(incident.lasted(now))}.{had}"
        ]
    route = plan.route(incident.route_id)
    said = []
    if incident.route_id not in plan.routes:
        said.append("Its route is no longer in routes.yaml; the root route's settings hold.")
    said += _held(incident, members, plan, now, zone)
    muted_now = find_mute(route, plan.time_intervals, now)
    if muted_now is not None:
        what, names = muted_now
        end = next_mute_change(route, plan.time_intervals, now)
        until = f" until {at(end)}" if end is not None else ""
        why = f"muted by {names}" if what == "muted" else f"outside of its hours ({names})"
        said.append(f"Its route is {why}{until}: nothing is said before.")
    if not incident.flushed:
        wait = f"Nobody was told yet: the group waits until {at(incident.tick_at)} for more alerts"
        said.append(f"{wait} (group_wait).")
    receiver = receiver_of(plan, incident.receiver)
    nowhere = not (receiver.targets or receiver.escalate or incident.escalation)
    if nowhere:
        said.append(f"Receiver {receiver.name} has no places: nobody is told.")
    elif incident.suppressions and not (
        silences and incident.suppressed_by(SuppressReason.SILENCED)
    ):
        said.append(f"Not notifying: {suppressions_text(incident.suppressions, zone)}.")
    said += silences
    if nowhere:
        return said
    if incident.suppressed:
        said.append("While that lasts no step is taken and nothing is told again.")
    elif incident.ack is None and muted_now is None:
        said += _next(incident, members, plan, route, now, zone)
    return said


def _held(
    incident: Incident, members: Sequence[Member], plan: Plan, now: float, zone: str
) -> list[str]:
    ack = incident.ack
    if ack is None:
        return []
    said = [
        f"{name_of(plan, ack.by)} has it since {clock_time(ack.at, zone, now)} ({ack.via}): no "
        f"reminders and no further steps until {clock_time(ack.expires_at, zone, now)}, unless it "
        "gets worse."
    ]
    later = sum(m.firing(now) and m.acked_starts_at != m.alert.starts_at for m in members)
    if later:
        said.append(f"Alerts that came later, and are not covered by that: {later}.")
    return said


def _next(
    incident: Incident,
    members: Sequence[Member],
    plan: Plan,
    route: Route,
    now: float,
    zone: str,
) -> list[str]:
    """The next step of the escalation, and the next reminder."""
    said = []
    state = incident.escalation
    policy = plan.escalations.get(state.name) if state else None
    if state is not None and policy is not None:
        if state.next_at is None:
            said.append(f"Escalation {state.name} has taken its last step.")
        elif state.step < len(policy.steps):
            found = step_targets(plan, policy.steps[state.step], state.next_at)
            who = [name_of(plan, one) for one in found.people]
            who += [target_name(target) for target in found.targets if target.person is None]
            said.append(
                f"Step {state.step + 1} of escalation {state.name} comes at "
                f"{clock_time(state.next_at, zone, now)} and leads to "
                f"{', '.join(who) or 'nobody'}, unless somebody acknowledges before."
            )
            said += [f"In that step, {sentence}." for sentence in found.missing]
    if incident.notified_at is not None:
        found_timing = timing(route, _severity(members, plan, now), plan.repeats)
        again = found_timing.repeat_at(incident.tick_at, incident.notified_at)
        on_ticks = found_timing.repeats is Repeats.ON_TICKS
        ticks = f", {Repeats.ON_TICKS}" if on_ticks else ""
        said.append(
            f"The last messages to receiver {incident.receiver} were queued at "
            f"{clock_time(incident.notified_at, zone, now)}. If nothing changes, they are repeated "
            f"at {clock_time(again, zone, now)} "
            f"(repeat_interval {format_duration(found_timing.repeat_interval)}{ticks})."
        )
    return said


def _severity(members: Sequence[Member], plan: Plan, now: float) -> Severity:
    """The worst of what burns, as decisions see it."""
    return min(
        (plan.severity_of(member.alert.labels) for member in members if member.firing(now)),
        key=lambda severity: severity.rank,
        default=Severity("none", UNKNOWN_RANK),
    )
