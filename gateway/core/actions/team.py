"""A person gives an incident to another team. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from gateway.core.actions.acknowledge import actor_data
from gateway.core.actor import Actor
from gateway.core.decide.result import ActionOutcome, ActionResult, Decision, refused
from gateway.core.incidents.incident import Incident, Member
from gateway.core.incidents.timeline import TimelineEntry, TimelineKind
from gateway.core.plan.plan import Plan
from gateway.core.text.nearest import nearest


def change_team(
    incident: Incident,
    members: Sequence[Member],
    plan: Plan,
    actor: Actor,
    now: float,
    team: str,
) -> ActionResult:
    """Let the incident belong to `team`, an id of `teams:`; empty for none.

    It decides where the incident is listed and counted, and notifies nobody: page the team's rota
    to call its people.
    """
    if team and team not in plan.teams:
        near = nearest(team, plan.teams)
        hint = f"; did you mean {near}?" if near else ""
        known = ", ".join(sorted(plan.teams)) or "none"
        return refused(incident, f'routes.yaml declares no team "{team}"{hint} ({known})', "team")
    if team == incident.team:
        return ActionResult(ActionOutcome.TEAM_CHANGED, incident)
    before = plan.team_name(incident.team) if incident.team else "no team"
    after_name = plan.team_name(team) if team else "no team"
    text = f"from {before} to {after_name} by {plan.name_of(actor.id)} ({actor.via_text})"
    data = {"before": incident.team, "after": team, **actor_data(actor)}
    entry = TimelineEntry(now, TimelineKind.TEAM_CHANGED, text, data)
    after = replace(incident, team=team)
    return ActionResult(
        ActionOutcome.TEAM_CHANGED, after, Decision(after, (), (entry,), (), None, ())
    )
