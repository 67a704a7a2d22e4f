"""The view of an incident that pages draw: texts and times in the reader's zone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gateway.core.decide.facts import build_facts
from gateway.core.incidents.facts import Facts
from gateway.core.incidents.incident import Incident, Member, State
from gateway.core.incidents.message import Link
from gateway.core.incidents.notice import NoticeKind, NotifyReason
from gateway.core.incidents.suppression import SuppressReason, suppressions_text
from gateway.core.plan.plan import Plan
from gateway.core.plan.runbooks import Runbook
from gateway.flow.engine import Engine
from gateway.render.view.acknowledge_prompt import acknowledge_prompt
from gateway.render.view.clean import clean
from gateway.render.view.declared_links import incident_links
from gateway.render.view.links import visible_links
from gateway.render.view.runbooks import runbook_of
from gateway.render.view.times import clock_time, duration
from gateway.render.view.view import tone, view_of
from gateway.store import Tx
from gateway.store.queries.incident_members import members_of
from gateway.store.state import incidents
from gateway.web.explain.names import name_of
from gateway.web.pages.alert_lines import AlertLine, view_line

NO_BREAK = "\u00a0"
ALERTS_SHOWN = 20
"""Alerts listed on the page of an acknowledge link; the incident's page lists more."""


@dataclass(frozen=True, slots=True)
class StoredIncident:
    """An incident and its alerts, as stored."""

    incident: Incident
    members: Sequence[Member]

    def firing(self, now: float) -> list[Member]:
        """Return the alerts that fire at `now`."""
        return [member for member in self.members if member.firing(now)]

    def uncovered(self, now: float) -> list[Member]:
        """Return the firing alerts that were notified and that no acknowledgement covers."""
        return [m for m in self.firing(now) if m.notified_firing and not m.acked]

    def is_over(self, now: float) -> bool:
        """Return whether there is nothing left to acknowledge."""
        return not self.incident.open or not self.firing(now)


@dataclass(frozen=True, slots=True)
class Banner:
    """A sign, a sentence and a smaller one: acknowledged by whom, or resolved."""

    sign: str
    tone: str
    text: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class IncidentView:
    """An incident in texts for a page."""

    number: int
    tone: str
    word: str
    state: State
    state_text: str
    heading: str
    about: str
    call_to_action: str
    banner: Banner | None
    alerts: tuple[AlertLine, ...]
    more: int
    firing: int
    links: tuple[Link, ...]
    all_links: tuple[Link, ...]
    runbook: Runbook | None
    description: str
    facts: Facts


def read_incident(tx: Tx, number: int) -> StoredIncident | None:
    """Read an incident and its alerts; None if there is no such incident."""
    incident = incidents.get(tx, number)
    if incident is None:
        return None
    return StoredIncident(incident, members_of(tx, incident))


async def load_incident(engine: Engine, number: int) -> StoredIncident | None:
    """Read an incident in a transaction of its own. Raise StoreUnavailableError."""
    return await engine.store.read(lambda tx: read_incident(tx, number))


def not_notifying_text(incident: Incident, zone: str) -> str:
    """Return why it does not notify at present, with times on the wall clock of `zone`."""
    return f"Not notifying: {clean(suppressions_text(incident.suppressions, zone), 200)}"


def build_incident_view(
    stored: StoredIncident,
    plan: Plan,
    now: float,
    zone: str,
    external_url: str,
    reader: str = "",
    *,
    silences_shown: bool = False,
) -> IncidentView:
    """Return the incident at `now` for `reader` (a person's id, or empty).

    With `silences_shown` the page names its silences elsewhere.
    """
    incident = stored.incident
    is_over = stored.is_over(now)
    listed = stored.firing(now) or list(stored.members)
    facts = build_facts(incident, listed, plan, now)
    if is_over:
        facts["status"] = State.RESOLVED.value
        facts["ack"] = None
    view = view_of(facts, NoticeKind.FIRING, NotifyReason.FIRST)
    links = visible_links(incident_links(facts, plan, external_url).links, answered=is_over)
    word = view["severity"] or "alert"
    heading = view["summary"] or view["name"]
    about = [] if heading == view["name"] else [view["name"]]
    about += [
        f"{clean(k, 60)} {clean(v, 80)}" for k, v in _distinguishing_labels(incident, view["name"])
    ]
    if incident.team:
        about.append(f"team {clean(plan.team_name(incident.team), 60)}")
    began = "began" if is_over else "since"
    about.append(f"{began} {clock_time(view['since_at'], zone, now)}".replace(" ", NO_BREAK))
    state = State.RESOLVED if is_over else incident.state
    return IncidentView(
        number=incident.number,
        tone="resolved"
        if is_over
        else tone(NoticeKind.FIRING, "firing", view["severity"], view["rank"]),
        word="resolved" if is_over else word,
        state=state,
        state_text=_state_text(state, view["lasted"]),
        heading=heading,
        about=" · ".join(about),
        call_to_action=""
        if is_over
        else _call_to_action(incident, view, zone, now, silences_shown=silences_shown),
        banner=_banner(stored, plan, now, zone, reader, view),
        alerts=tuple(view_line(row, view, zone, now) for row in view["table"].rows[:ALERTS_SHOWN]),
        more=view["table"].beyond(ALERTS_SHOWN),
        firing=view["firing"],
        all_links=links,
        runbook=runbook_of(facts, plan, external_url).page,
        links=tuple(link for link in links if link.role != "source"),
        description=clean(facts["common_annotations"].get("description", ""), 2000),
        facts=facts,
    )


def links_to_read(
    stored: StoredIncident, plan: Plan, now: float, external_url: str
) -> tuple[Link, ...]:
    """Return runbook, dashboard, the links of routes.yaml and others, in reading order."""
    listed = stored.firing(now) or list(stored.members)
    facts = build_facts(stored.incident, listed, plan, now)
    return visible_links(incident_links(facts, plan, external_url).links, answered=True)


def _distinguishing_labels(incident: Incident, name: str) -> list[tuple[str, str]]:
    """Return up to three labels of the group that the heading does not show."""
    labels = sorted(incident.group_labels.items())
    return [(k, v) for k, v in labels if k != "alertname" and v != name][:3]


def _state_text(state: State, lasted: float) -> str:
    if state is State.RESOLVED:
        return f"after {duration(lasted)}"
    if state is State.ACKNOWLEDGED:
        return f"acknowledged · {duration(lasted)}"
    return f"firing for {duration(lasted)}"


def _call_to_action(
    incident: Incident, view: dict[str, Any], zone: str, now: float, *, silences_shown: bool
) -> str:
    text = "Unacknowledged."
    if silences_shown and incident.suppressed_by(SuppressReason.SILENCED):
        text += " Not notifying."
    elif incident.suppressions:
        text += f" {not_notifying_text(incident, zone)}."
    if incident.suppressed:
        return text
    escalation = view["escalation"]
    names, at = (escalation["next"], escalation["next_at"]) if escalation else ((), None)
    by = escalation["by"] if escalation else ()
    prompt = acknowledge_prompt(
        view["respond_by"], names, at, now, lambda t: clock_time(t, zone, now), by
    )
    return f"{text} {prompt}".strip()


def _banner(
    stored: StoredIncident, plan: Plan, now: float, zone: str, reader: str, view: dict[str, Any]
) -> Banner | None:
    if stored.is_over(now):
        ended_at = view["ended_at"] or now
        text = f"Resolved at {clock_time(ended_at, zone, now)}"
        former = stored.incident.ack
        more = f"{name_of(plan, former.by)} had acknowledged it. " if former else ""
        more += _missed(stored.incident, zone, now)
        return Banner("✓", "resolved", text, f"{more}There is nothing left to do.")
    ack = stored.incident.ack
    if ack is None:
        return None
    text = f"Acknowledged by {'you' if ack.by == reader else name_of(plan, ack.by)}"
    more = f"Since {clock_time(ack.at, zone, now)}, until {clock_time(ack.expires_at, zone, now)}"
    uncovered = len(stored.uncovered(now))
    if uncovered:
        more += f"; {uncovered} later alert{'s are' if uncovered > 1 else ' is'} not covered"
    more = f"{more}. {_missed(stored.incident, zone, now)}".strip()
    return Banner("✓", "acknowledged", text, more)


def _missed(incident: Incident, zone: str, now: float) -> str:
    if incident.missed_at is None:
        return ""
    return f"Nobody had acknowledged by {clock_time(incident.missed_at, zone, now)}. "
