"""What an incident's page tells of the past: its timeline, its alerts, who was told."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gateway.core.incidents.incident import Member
from gateway.core.incidents.outbox import PRINTED, PRINTED_TEXT, NoticeState
from gateway.core.incidents.timeline import TimelineEntry
from gateway.core.plan.channels import AddressKind, spec_of
from gateway.core.plan.plan import Plan, Target
from gateway.core.plan.target_name import target_name
from gateway.core.text.escape import one_line, safe_url
from gateway.render.view.acknowledge_prompt import recipient_name
from gateway.render.view.clean import clean
from gateway.render.view.table import differing_labels
from gateway.render.view.times import clock_time
from gateway.store.queries import deliveries
from gateway.web.explain.names import name_of

MOST_COLUMNS = 5
MOST_ROWS = 200
MOST_EVENTS = 300
LONGEST_CELL = 120

_TONES = {
    "taken over": "took",
    "given back": "took",
    "spoke": "spoke",
    "escalated": "spoke",
    "acknowledged": "took",
    "acknowledgement undone": "failed",
    "acknowledgement expired": "failed",
    "reopened": "failed",
    "resolved": "ended",
    "failed": "failed",
    "fell back": "failed",
    "given up": "failed",
    "nobody reached": "failed",
}


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """A point of the timeline. `look` is its colour."""

    time: str
    look: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An alert in the table. `cells` follow the columns."""

    firing: bool
    cells: tuple[str, ...]
    since: str
    told: str
    url: str


@dataclass(frozen=True, slots=True)
class AlertTable:
    """The alerts by what differs between them; `more` are not listed."""

    columns: tuple[str, ...]
    rows: tuple[AlertRow, ...]
    more: int


@dataclass(frozen=True, slots=True)
class NotificationLine:
    """One message to a target. `bad`: it did not arrive, or not yet."""

    time: str
    what: str
    outcome: str
    bad: bool


@dataclass(frozen=True, slots=True)
class TargetHistory:
    """A target and everything it was told."""

    name: str
    by: str
    told: tuple[NotificationLine, ...]


def timeline_rows(
    entries: Sequence[TimelineEntry], zone: str, now: float
) -> tuple[list[TimelineRow], int]:
    """The last of the timeline in order, and how many earlier entries are left out."""
    shown = entries[-MOST_EVENTS:]
    found = []
    for entry in shown:
        text = clean(entry.text)
        to = entry.data.get("to")
        if isinstance(to, str) and to:
            text += ", to " + ", ".join(recipient_name(one) for one in to.split(", "))
        title = one_line(entry.kind, 60)
        look = _TONES.get(entry.kind, "")
        title = title[:1].upper() + title[1:]
        found.append(TimelineRow(clock_time(entry.at, zone, now), look, title, text))
    return found, len(entries) - len(shown)


def alert_table(members: Sequence[Member], zone: str, now: float) -> AlertTable:
    """The alerts in the order of messages: firing before resolved, then by their start."""
    labels = [member.alert.labels for member in members]
    columns = differing_labels(labels, None)[:MOST_COLUMNS] if len(members) > 1 else ["alertname"]
    ordered = sorted(members, key=lambda m: (not m.firing(now), m.alert.starts_at))
    return AlertTable(
        tuple(clean(name, 60) for name in columns),
        tuple(_row(member, columns, zone, now) for member in ordered[:MOST_ROWS]),
        max(0, len(members) - MOST_ROWS),
    )


def _row(member: Member, columns: Sequence[str], zone: str, now: float) -> AlertRow:
    alert = member.alert
    began = clock_time(alert.starts_at, zone, now)
    firing = member.firing(now)
    since = f"since {began}"
    if not firing and alert.ends_at is not None:
        since = f"{began} to {clock_time(alert.ends_at, zone, now)}"
    told = ""
    if firing and member.acked_starts_at == alert.starts_at:
        told = "acknowledged"
    elif firing and not member.notified_firing:
        told = "not told yet"
    cells = (one_line(clean(alert.labels.get(name, "")), LONGEST_CELL) for name in columns)
    return AlertRow(firing, tuple(cells), since, told, safe_url(alert.generator_url) or "")


def target_histories(
    notices: Iterable[deliveries.NoticeSummary], plan: Plan, zone: str, now: float
) -> list[TargetHistory]:
    """Who was to be told what, and what came of it; those first who were told first."""
    by_target: dict[str, list[deliveries.NoticeSummary]] = {}
    for notice in notices:
        by_target.setdefault(notice.target.key, []).append(notice)
    return [
        TargetHistory(
            *_target_names(lines[0].target, plan),
            tuple(_notification_line(line, zone, now) for line in lines),
        )
        for lines in by_target.values()
    ]


def _target_names(target: Target, plan: Plan) -> tuple[str, str]:
    spec = spec_of(target.channel)
    if target.person:
        # A member's id says nothing to people; an e-mail address does.
        where = f" {clean(target.address, 100)}" if spec.address is AddressKind.EMAIL else ""
        return name_of(plan, target.person), spec.label + where
    name = target_name(target)
    return name, "" if spec.label.lower() in name.lower() else spec.label


def _notification_line(line: deliveries.NoticeSummary, zone: str, now: float) -> NotificationLine:
    tries = f" after {line.attempts} attempts" if line.attempts > 1 else ""
    why = f": {one_line(clean(line.detail), 200)}" if line.detail else ""
    match line.state:
        case NoticeState.SENT:
            word = PRINTED_TEXT if line.outcome == PRINTED else "delivered"
            outcome, bad = word + tries, False
        case NoticeState.DEAD:
            outcome, bad = f"given up{tries}{why}", True
        case NoticeState.FOLDED:
            outcome, bad = "told by a later message", False
        case NoticeState.CANCELLED:
            outcome, bad = f"not sent{why}", False
        case NoticeState.SENDING:
            outcome, bad = "being sent", False
        case _:
            outcome, bad = "waiting", line.attempts > 0
            if line.attempts and line.next_at is not None:
                outcome = f"not delivered yet, next attempt {clock_time(line.next_at, zone, now)}"
                outcome += f" ({line.attempts} so far){why}"
    at = line.sent_at if line.sent_at is not None else line.created_at
    return NotificationLine(clock_time(at, zone, now), one_line(line.reason, 60), outcome, bad)
