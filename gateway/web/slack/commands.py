"""The slash commands: `/oncall` and `/incidents`. They change nothing and answer one person."""

from collections.abc import Mapping
from typing import Any

from gateway.core.incidents.incident import SUPPRESSED, Incident, State
from gateway.core.plan.plan import Plan
from gateway.core.plan.team import NO_TEAM
from gateway.core.text.escape import one_line, slack_escape, slack_link
from gateway.core.text.nearest import nearest
from gateway.flow.engine import Engine
from gateway.flow.queries.duty import DutyReader
from gateway.render.view.clean import clean
from gateway.render.view.times import clock_time
from gateway.store import Tx
from gateway.store.queries import lists, urgent
from gateway.store.queries.urgent import IncidentFilter
from gateway.web.explain.names import name_of, zone_for
from gateway.web.slack.users import how_to_be_known, person_of

SHOWN = 20
"""Incidents or rotas in one answer; Slack cuts texts beyond 4000 characters."""

_STATES = {State.FIRING.value: "not acknowledged", SUPPRESSED: "suppressed"}
HELP = "`/oncall [ROTA or TEAM]` says who is on call, `/incidents [TEAM]` lists open incidents."


async def answer_command(engine: Engine, account: str, form: Mapping[str, Any]) -> str:
    """Return the answer to a command, as mrkdwn. Raises StoreUnavailableError.

    An app may give the commands other names, so their ends count: `/gateway-oncall`.
    """
    command = _text(form, "command").lower().replace("-", "").removeprefix("/")
    argument, user = one_line(_text(form, "text"), 100), _text(form, "user_id")
    person = person_of(engine.plan, account, user)
    reader = person.id if person else ""
    if command.endswith("oncall"):
        answer = await _on_call(engine, argument, reader)
    elif command.endswith("incidents"):
        answer = await _incidents(engine, argument, reader)
    else:
        answer = HELP
    return answer if person else f"{answer}\n\n{how_to_be_known(account, user)}"


async def _on_call(engine: Engine, argument: str, reader: str) -> str:
    plan, now = engine.plan, engine.now()
    names = _rotas(plan, argument)
    if not names:
        known = [*plan.rotas, *plan.teams]
        return _unknown("rota or team", argument, known) if argument else "There is no rota."
    zone = zone_for(plan, reader)

    def read(tx: Tx) -> list[str]:
        duties = DutyReader(tx, plan.rotas, now)
        return [_duty_line(plan, duties, name, zone, now) for name in names[:SHOWN]]

    lines = await engine.store.read(read)
    more = [f"… {len(names) - SHOWN} more rotas"] if len(names) > SHOWN else []
    return "\n".join([*lines, *more, slack_link(engine.links.on_call(), "All shifts")])


def _rotas(plan: Plan, argument: str) -> list[str]:
    """Return the rotas that an argument names: itself, or those of a team."""
    word = argument.lower()
    if not word:
        return list(plan.rotas)
    rotas = [name for name in plan.rotas if name.lower() == word]
    for team in plan.teams.values():
        if word in (team.id.lower(), team.name.lower()):
            rotas += team.rotas
    return list(dict.fromkeys(rotas))


def _duty_line(plan: Plan, duties: DutyReader, name: str, zone: str, now: float) -> str:
    duty = duties.at(name, now)
    people = "unknown" if duty.unknown else _names(plan, duty.people)
    line = f"*{_safe(name)}*: {people}"
    if duty.until is not None:
        following = "unknown" if duty.next_unknown else _names(plan, duty.next_people)
        line += f" until {clock_time(duty.until, zone, now)}, then {following}"
    return line


def _names(plan: Plan, people: tuple[str, ...]) -> str:
    return ", ".join(slack_escape(name_of(plan, one)) for one in people) or "nobody"


async def _incidents(engine: Engine, argument: str, reader: str) -> str:
    plan, now = engine.plan, engine.now()
    team = _team(plan, argument)
    if argument and team is None:
        return _unknown("team", argument, [*plan.teams, NO_TEAM])
    selection = IncidentFilter("open", team=team)

    def read(tx: Tx) -> tuple[urgent.Page, list[tuple[str, str, int]]]:
        return (
            urgent.page(tx, selection, limit=SHOWN),
            urgent.counts(tx, selection, plan.rank_of),
        )

    page, counts = await engine.store.read(read)
    if not page.incidents:
        return "No open incidents."
    zone = zone_for(plan, reader)
    lines = [_incident_line(engine, one, zone, now) for one in page.incidents]
    more = sum(count for _, _, count in counts) - len(lines)
    end = f"… {more} more: " if more > 0 else ""
    return "\n".join([*lines, end + slack_link(engine.links.incidents(), "All incidents")])


def _team(plan: Plan, argument: str) -> str | None:
    """Return the id of the team that an argument names, empty for no team; None for unknown."""
    word = argument.lower()
    if word == NO_TEAM:
        return ""
    ids = [one.id for one in plan.teams.values() if word in (one.id.lower(), one.name.lower())]
    return ids[0] if ids else None


def _incident_line(engine: Engine, summary: lists.IncidentSummary, zone: str, now: float) -> str:
    incident: Incident = summary.incident
    plan, ack = engine.plan, incident.ack
    state = _STATES.get(incident.list_state, "acknowledged")
    if ack is not None:
        state = f"acknowledged by {slack_escape(name_of(plan, ack.by))}"
    number = slack_link(engine.links.incident(incident.number), f"#{incident.number}")
    since = clock_time(incident.began_at, zone, now)
    title = _safe(clean(summary.title, 120))
    return f"{number} {_safe(incident.severity)}: {title} · {state} · since {since}"


def _unknown(what: str, argument: str, known: list[str]) -> str:
    near = nearest(argument, known)
    hint = f" Did you mean {_safe(near)}?" if near else ""
    listed = ", ".join(map(_safe, known[:SHOWN])) or "none"
    return f"There is no {what} {_safe(argument)}.{hint} Known: {listed}."


def _safe(text: str) -> str:
    return slack_escape(one_line(text, 150))


def _text(form: Mapping[str, Any], key: str) -> str:
    value = form.get(key)
    return value if isinstance(value, str) else ""
