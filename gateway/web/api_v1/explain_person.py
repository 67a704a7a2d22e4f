"""Why a person was paged, or was not, in a stretch of time."""

from collections.abc import Sequence
from difflib import get_close_matches

from gateway.core.incidents.incident import Incident
from gateway.core.incidents.outbox import PRINTED, PRINTED_TEXT, NoticeState
from gateway.core.oncall.rota import shifts
from gateway.core.plan.plan import UNKNOWN_RANK, Person, Plan
from gateway.core.plan.recipients import person_targets
from gateway.flow.engine import Engine
from gateway.render.view.times import clock_time
from gateway.store import Tx
from gateway.store.queries import deliveries, lists
from gateway.store.queries.urgent import STATES
from gateway.store.state import incidents, timeline
from gateway.web.api_v1 import models
from gateway.web.api_v1.explain_incident import explained_model
from gateway.web.api_v1.explain_models import ExplainedIncident, Explanation
from gateway.web.api_v1.incidents import person as person_model
from gateway.web.explain.notified import leads, why_not_told, why_told
from gateway.web.http.errors import RequestError

LOOK_BACK = 24 * 3600.0
LONGEST = 90 * 86400.0
"""Seconds to look back: by default, and at most."""

SCANNED = 2000
"""Incidents looked at, the newest first, and all that are open."""

SHOWN = 50
"""Incidents explained; the answer says how many were left out."""


async def explain(engine: Engine, who: str, since: float | None, zone: str) -> Explanation:
    """What `who` was told since an instant (unix seconds), what not, and why."""
    plan, now = engine.plan, engine.now()
    known = plan.people.get(who)
    if known is None:
        near = get_close_matches(who, plan.people, 1)
        hint = f"; did you mean {near[0]}?" if near else ""
        said = f"routes.yaml knows: {', '.join(plan.people) or 'nobody'}{hint}"
        raise RequestError(404, "there is no such person", [{"field": "person", "message": said}])
    start = now - LOOK_BACK if since is None else since
    if not now - LONGEST <= start < now:
        fault = {"field": "since", "message": "must lie in the past, by 90 days at most"}
        raise RequestError(422, "a parameter is wrong", [fault])
    return await engine.store.read(lambda tx: _explain(tx, engine, known, start, now, zone))


def _explain(
    tx: Tx, engine: Engine, person: Person, start: float, now: float, zone: str
) -> Explanation:
    plan = engine.plan
    by_incident: dict[int, list[deliveries.NoticeSummary]] = {}
    told = deliveries.notices_to_person(tx, person.id, start, 500)
    for line in reversed(told):
        if line.incident is not None:
            by_incident.setdefault(line.incident, []).append(line)
    found = {one.number: one for one in _meanwhile(tx, start)}
    found |= incidents.by_number(tx, [number for number in by_incident if number not in found])
    explained: list[ExplainedIncident] = []
    elsewhere = left_out = 0
    for number in sorted(found, key=lambda number: _by_urgency(found[number])):
        incident = found[number]
        ways = leads(plan, incident, person.id, now)
        notices = by_incident.get(number, [])
        if not notices and not ways:
            elsewhere += 1
            continue
        if len(explained) >= SHOWN:
            left_out += 1
            continue
        entries = timeline.entries(tx, number)
        why = why_told(notices, zone, now) or why_not_told(
            plan, incident, ways, entries, person.id, now, zone
        )
        reached = any(line.reached for line in notices)
        explained.append(explained_model(tx, engine, incident, reached, why, entries, notices))
    on_duty = _duty(plan, person.id, start, now)
    return Explanation(
        answer=_short(person, told, explained, elsewhere, left_out, on_duty, zone, now),
        person=person_model(plan, person.id),
        since=start,
        on_call=on_duty,
        alerts=[],
        incidents=explained,
    )


def _by_urgency(incident: Incident) -> tuple[int, int, int]:
    """The order of lists: see `gateway.store.queries.urgent`."""
    state = STATES.index(incident.list_state)
    if not incident.open:
        return state, 0, -incident.number
    return state, UNKNOWN_RANK if incident.rank is None else incident.rank, incident.number


def _meanwhile(tx: Tx, start: float) -> list[Incident]:
    """The incidents that were open at any time since `start`."""
    found: dict[int, Incident] = {}
    for state in ("open", "resolved"):
        before: int | None = None
        while len(found) < SCANNED:
            page = lists.incidents_page(tx, state=state, before=before, limit=500)
            for one in page:
                ended = one.incident.resolved_at
                if ended is None or ended >= start:
                    found[one.incident.number] = one.incident
            # Numbers rise with time: when a whole page opened long before, so did the rest.
            if len(page) < 500 or (
                state == "resolved" and page[-1].incident.opened_at < start - LONGEST
            ):
                break
            before = page[-1].incident.number
    return list(found.values())


def _duty(plan: Plan, person: str, start: float, end: float) -> list[models.Shift]:
    return [
        models.Shift(
            rota=rota.name,
            timezone=rota.zone,
            start=shift.start,
            end=shift.end,
            on_call=[person_model(plan, name) for name in shift.people],
            by=str(shift.by) if shift.by else None,
        )
        for rota in plan.rotas.values()
        for shift in shifts(rota, start, end)
        if person in shift.people
    ]


def _short(
    person: Person,
    told: Sequence[deliveries.NoticeSummary],
    explained: Sequence[ExplainedIncident],
    elsewhere: int,
    left_out: int,
    on_duty: Sequence[models.Shift],
    zone: str,
    now: float,
) -> list[str]:
    """The answer in sentences: contacts, duty, what was sent, what was not."""
    name = person.name
    ways = [target.channel for target in person_targets(person)]
    said = []
    if not ways:
        said.append(f"{name} has neither e-mail nor Slack in routes.yaml, and cannot be told.")
    for rota in dict.fromkeys(shift.rota for shift in on_duty):
        mine = [shift for shift in on_duty if shift.rota == rota]
        first = clock_time(mine[0].start, zone, now)
        last = clock_time(mine[-1].end, zone, now)
        times = f" in {len(mine)} shifts" if len(mine) > 1 else ""
        said.append(f"{name} was on call in rota {rota} between {first} and {last}{times}.")
    if not on_duty:
        said.append(f"{name} was on call in no rota in that time.")
    done = [line for line in told if line.state is NoticeState.SENT]
    printed = sum(line.outcome == PRINTED for line in done)
    dead = sum(line.state is NoticeState.DEAD for line in told)
    text = f"Messages to {name}: {len(done) - printed} delivered"
    text += f", {printed} {PRINTED_TEXT}" if printed else ""
    said.append(f"{text}, {dead} given up." if dead else f"{text}.")
    missed = sum(not one.told for one in explained)
    if missed:
        said.append(f"Incidents that lead to {name}, without a message delivered: {missed}.")
    if elsewhere:
        said.append(f"Other incidents in that time, which do not lead to {name}: {elsewhere}.")
    if left_out:
        text = f"Incidents not shown here, less urgent or older: {left_out}."
        said.append(f"{text} Ask for a shorter time.")
    said.append("Shared addresses and channels are not counted: nobody knows who reads them.")
    return said
