"""What a page shows of an incident: read in one go, put into words and times of one zone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gateway.core.decide.facts import build_facts
from gateway.core.incidents.incident import Incident, Member, State, as_resolved
from gateway.core.incidents.notice import NoticeKind, NotifyReason
from gateway.core.plan.plan import Plan
from gateway.flow.engine import Engine
from gateway.render.view.acknowledge_prompt import acknowledge_prompt
from gateway.render.view.clean import clean
from gateway.render.view.links import links_from
from gateway.render.view.times import clock_time, duration
from gateway.render.view.view import tone, view_of
from gateway.store import Tx
from gateway.store.state import incidents, members
from gateway.web.explain.names import name_of

NO_BREAK = "\u00a0"
SHOWN = 20
"""Alerts listed on the page of an acknowledge link; the incident's page has the rest."""


@dataclass(frozen=True, slots=True)
class Seen:
    """An incident as it is stored, with its alerts."""

    incident: Incident
    members: Sequence[Member]

    def firing(self, now: float) -> list[Member]:
        """The alerts that burn at `now`."""
        return [member for member in self.members if member.firing(now)]

    def uncovered(self, now: float) -> list[Member]:
        """The burning alerts that were told and that no acknowledgement covers."""
        return [m for m in self.firing(now) if m.notified_firing and not m.acked]

    def over(self, now: float) -> bool:
        """Whether there is nothing left to take."""
        return not self.incident.open or not self.firing(now)


@dataclass(frozen=True, slots=True)
class Mark:
    """A sign, a sentence and a smaller one: who acknowledged, or that it is resolved."""

    sign: str
    tone: str
    text: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One alert in a list."""

    name: str
    summary: str
    text: str
    when: str


@dataclass(frozen=True, slots=True)
class Picture:
    """An incident for a page, in words."""

    number: int
    tone: str
    word: str
    state: State
    state_text: str
    heading: str
    about: str
    asked: str
    mark: Mark | None
    alerts: tuple[Line, ...]
    more: int
    firing: int
    runbook: str
    dashboard: str
    description: str
    facts: dict[str, Any]


def read_incident(tx: Tx, number: int) -> Seen | None:
    """An incident and its alerts; None when there is none of that number."""
    incident = incidents.get(tx, number)
    if incident is None:
        return None
    joined = members.members(tx, [number]).get(number, [])
    ended, opened = incident.resolved_at, incident.opened_at
    return Seen(incident, [as_resolved(member, ended, opened) for member in joined])


async def look(engine: Engine, number: int) -> Seen | None:
    """The same from outside a transaction. Raises StoreUnavailable."""
    return await engine.store.read(lambda tx: read_incident(tx, number))


def quiet_because(incident: Incident) -> str:
    """Return why it notifies nobody at present."""
    return f"Not notifying: {clean(incident.why_not, 200)}"


def picture(
    seen: Seen, plan: Plan, now: float, zone: str, reader: str = "", *, silences_told: bool = False
) -> Picture:
    """The incident at `now` for `reader` (a person's id, or empty).

    With `silences_told` the page names the silences over it itself.
    """
    incident = seen.incident
    over = seen.over(now)
    listed = seen.firing(now) or list(seen.members)
    facts = build_facts(incident, listed, plan, now)
    if over:
        facts["status"] = State.RESOLVED.value
        facts["ack"] = None
    view = view_of(facts, NoticeKind.FIRING, NotifyReason.FIRST)
    word = view["severity"] or "alert"
    links = {link.role: link.url for link in links_from(facts)}
    heading = view["summary"] or view["name"]
    about = [] if heading == view["name"] else [view["name"]]
    about += [f"{clean(k, 60)} {clean(v, 80)}" for k, v in _few(incident, view["name"])]
    began = "began" if over else "since"
    about.append(f"{began} {clock_time(view['since_at'], zone, now)}".replace(" ", NO_BREAK))
    state = State.RESOLVED if over else incident.state
    return Picture(
        number=incident.number,
        tone="resolved"
        if over
        else tone(NoticeKind.FIRING, "firing", view["severity"], view["rank"]),
        word="resolved" if over else word,
        state=state,
        state_text=_state_text(state, view["lasted"]),
        heading=heading,
        about=" · ".join(about),
        asked="" if over else _asked(incident, view, zone, now, silences_told),
        mark=_mark(seen, plan, now, zone, reader, view),
        alerts=tuple(_line(row, view, zone, now) for row in view["table"].rows[:SHOWN]),
        more=view["table"].beyond(SHOWN),
        firing=view["firing"],
        runbook=links.get("runbook", ""),
        dashboard=links.get("dashboard", ""),
        description=clean(facts["common_annotations"].get("description", ""), 2000),
        facts=facts,
    )


def _few(incident: Incident, name: str) -> list[tuple[str, str]]:
    """The group's labels, as far as they say more than the heading."""
    labels = sorted(incident.group_labels.items())
    return [(k, v) for k, v in labels if k != "alertname" and v != name][:3]


def _state_text(state: State, lasted: float) -> str:
    if state is State.RESOLVED:
        return f"lasted {duration(lasted)}"
    if state is State.ACKNOWLEDGED:
        return f"acknowledged · {duration(lasted)}"
    return f"firing for {duration(lasted)}"


def _asked(
    incident: Incident, view: dict[str, Any], zone: str, now: float, silences_told: bool
) -> str:
    text = "Unacknowledged."
    if silences_told and incident.why_not.startswith(NotifyReason.SILENCED):
        text += " Not notifying."
    elif incident.why_not:
        text += f" {quiet_because(incident)}."
    if incident.suppressed:
        return text
    climb = view["escalation"]
    names, at = (climb["next"], climb["next_at"]) if climb else ((), None)
    more = acknowledge_prompt(
        view["respond_by"], names, at, now, lambda t: clock_time(t, zone, now)
    )
    return f"{text} {more}".strip()


def _mark(
    seen: Seen, plan: Plan, now: float, zone: str, reader: str, view: dict[str, Any]
) -> Mark | None:
    if seen.over(now):
        ended = view["ended_at"] or now
        text = f"Resolved at {clock_time(ended, zone, now)}"
        former = seen.incident.ack
        more = f"{name_of(plan, former.by)} had acknowledged it. " if former else ""
        return Mark("✓", "resolved", text, f"{more}There is nothing left to do.")
    ack = seen.incident.ack
    if ack is None:
        return None
    who = "You have it" if ack.by == reader else f"{name_of(plan, ack.by)} has it"
    since = f"since {clock_time(ack.at, zone, now)}, until {clock_time(ack.expires_at, zone, now)}"
    fresh = len(seen.uncovered(now))
    if fresh:
        since += f"; {fresh} alert{'s' if fresh > 1 else ''} came later, not covered by that"
    return Mark("✓", "acknowledged", who, since[0].upper() + since[1:] + ".")


def _line(row: Any, view: dict[str, Any], zone: str, now: float) -> Line:
    pairs = dict(row.pairs)
    name = pairs.pop("alertname", "")
    text = ", ".join(f"{label} {value}" for label, value in pairs.items())
    if not name:  # they all have the same: what differs is then the better name
        name, text = text or view["name"], ""
    when = f"since {clock_time(row.starts_at, zone, now)}"
    if row.status == "resolved" and row.ends_at is not None:
        when = f"resolved at {clock_time(row.ends_at, zone, now)}"
    return Line(name, row.summary or view["summary"], text, when)
