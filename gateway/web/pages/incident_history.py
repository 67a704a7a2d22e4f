"""The timeline, alerts and messages of an incident, for its page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from markupsafe import Markup

from gateway.core.incidents.incident import Member
from gateway.core.incidents.outbox import PRINTED, PRINTED_TEXT, NoticeState
from gateway.core.incidents.timeline import TimelineEntry, TimelineKind
from gateway.core.plan.channels import AddressKind, spec_of
from gateway.core.plan.plan import Plan, Target
from gateway.core.plan.target_name import account_label, target_name
from gateway.core.text.escape import one_line, safe_url
from gateway.render.view.acknowledge_prompt import recipient_name
from gateway.render.view.clean import clean
from gateway.render.view.table import differing_labels
from gateway.render.view.times import clock_time
from gateway.store.queries.deliveries import NoticeSummary
from gateway.web.explain.names import name_of
from gateway.web.pages.markdown import markdown

MOST_COLUMNS = 5
MOST_ROWS = 200
MOST_EVENTS = 300
"""Bounds of the page: columns and rows of the table of alerts, lines of the timeline."""

LONGEST_CELL = 120

_TONES = {
    TimelineKind.NOTIFIED: "notified",
    TimelineKind.ESCALATED: "notified",
    TimelineKind.ACKNOWLEDGED: "acknowledged",
    TimelineKind.TAKEN_OVER: "acknowledged",
    TimelineKind.GIVEN_BACK: "acknowledged",
    TimelineKind.ACK_UNDONE: "failed",
    TimelineKind.ACK_EXPIRED: "failed",
    TimelineKind.REOPENED: "failed",
    TimelineKind.FAILED: "failed",
    TimelineKind.MISSED: "failed",
    TimelineKind.FELL_BACK: "failed",
    TimelineKind.GIVEN_UP: "failed",
    TimelineKind.STEP_EMPTY: "failed",
    TimelineKind.RESOLVED: "resolved",
    TimelineKind.PAGED: "notified",
    TimelineKind.OPENED_AGAIN: "failed",
    TimelineKind.RESPONDS: "acknowledged",
    TimelineKind.EXTENDED: "acknowledged",
}
"""The classes of the style sheet that colour a line; kinds that are not here are grey."""


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """A line of the timeline. `tone` is its colour."""

    time: str
    tone: str
    title: str
    text: str
    comment: Markup | None = None


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An alert in the table. `cells` follow the columns."""

    firing: bool
    cells: tuple[str, ...]
    since: str
    note: str
    url: str


@dataclass(frozen=True, slots=True)
class AlertTable:
    """The alerts, with a column for each label that differs; `more` alerts are not listed."""

    columns: tuple[str, ...]
    rows: tuple[AlertRow, ...]
    more: int


@dataclass(frozen=True, slots=True)
class NotificationLine:
    """One message to a target. `failed`: it was not delivered, or not yet after an attempt."""

    time: str
    reason: str
    outcome: str
    failed: bool


@dataclass(frozen=True, slots=True)
class TargetHistory:
    """A target, its channel where the name does not say it, and all messages to it."""

    name: str
    channel: str
    lines: tuple[NotificationLine, ...]


class TimelineRows(NamedTuple):
    """The last lines of a timeline, and how many earlier ones are omitted."""

    rows: list[TimelineRow]
    omitted: int


def timeline_rows(
    entries: Sequence[TimelineEntry], plan: Plan, zone: str, now: float
) -> TimelineRows:
    """Return the last lines of the timeline, oldest first."""
    last = entries[-MOST_EVENTS:]
    rows = []
    for entry in last:
        text = clean(entry.text)
        to = entry.data.get("to")
        if isinstance(to, str) and to:
            text += ", to " + ", ".join(recipient_name(one) for one in to.split(", "))
        title = entry.kind.label
        title = title[:1].upper() + title[1:]
        colour = _TONES.get(entry.kind, "")
        written = entry.data.get("comment") if entry.kind is TimelineKind.COMMENTED else None
        comment = None
        if isinstance(written, str):
            comment = markdown(clean(written))
            title += f" by {name_of(plan, str(entry.data.get('by', '')))}"
        rows.append(TimelineRow(clock_time(entry.at, zone, now), colour, title, text, comment))
    return TimelineRows(rows, len(entries) - len(last))


def alert_table(members: Sequence[Member], zone: str, now: float) -> AlertTable:
    """Return the alerts in the order of messages: firing before resolved, then by start."""
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
    note = ""
    if firing and member.acked_starts_at == alert.starts_at:
        note = "acknowledged"
    elif firing and not member.notified_firing:
        note = "not notified yet"
    cells = (one_line(clean(alert.labels.get(name, "")), LONGEST_CELL) for name in columns)
    return AlertRow(firing, tuple(cells), since, note, safe_url(alert.generator_url) or "")


def target_histories(
    notices: Iterable[NoticeSummary], plan: Plan, zone: str, now: float
) -> list[TargetHistory]:
    """Return the messages by target, in the order of the first message to each."""
    by_target: dict[str, list[NoticeSummary]] = {}
    for notice in notices:
        by_target.setdefault(notice.target.key, []).append(notice)
    return [
        TargetHistory(
            *_target_names(own_notices[0].target, plan),
            tuple(_notification_line(notice, zone, now) for notice in own_notices),
        )
        for own_notices in by_target.values()
    ]


def _target_names(target: Target, plan: Plan) -> tuple[str, str]:
    """Return the target's name, and its channel where the name does not say it."""
    spec = spec_of(target.channel)
    if target.person:
        # A member's id says nothing to people; an e-mail address does.
        address = f" {clean(target.address, 100)}" if spec.address is AddressKind.EMAIL else ""
        label = account_label(target.channel, target.account)
        return name_of(plan, target.person), label + address
    name = target_name(target)
    return name, "" if spec.label.lower() in name.lower() else spec.label


def _notification_line(notice: NoticeSummary, zone: str, now: float) -> NotificationLine:
    attempts = f" after {notice.attempts} attempts" if notice.attempts > 1 else ""
    detail = f": {one_line(clean(notice.detail), 200)}" if notice.detail else ""
    match notice.state:
        case NoticeState.SENT:
            verb = PRINTED_TEXT if notice.outcome == PRINTED else "delivered"
            outcome, failed = verb + attempts, False
        case NoticeState.DEAD:
            outcome, failed = f"given up{attempts}{detail}", True
        case NoticeState.FOLDED:
            outcome, failed = "notified in a later message", False
        case NoticeState.CANCELLED:
            outcome, failed = f"not sent{detail}", False
        case NoticeState.SENDING:
            outcome, failed = "being sent", False
        case _:
            outcome, failed = "waiting", notice.attempts > 0
            if notice.attempts and notice.next_at is not None:
                next_at = clock_time(notice.next_at, zone, now)
                outcome = f"not delivered yet, next attempt {next_at}"
                outcome += f" ({notice.attempts} so far){detail}"
    at = notice.sent_at if notice.sent_at is not None else notice.created_at
    time = clock_time(at, zone, now)
    return NotificationLine(time, one_line(notice.reason, 60), outcome, failed)
