"""An incident as text, for `incidents` and `explain`: its state, timeline, messages and alerts."""

from collections.abc import Sequence
from typing import Any

from gateway.cli.support.output import Cell, echo, paint, plural, print_columns, severity_colour
from gateway.core.incidents.outbox import PRINTED, PRINTED_TEXT
from gateway.core.incidents.timeline import TimelineKind
from gateway.core.matching.text import write_labels
from gateway.core.plan.channels import AddressKind, spec_of
from gateway.core.plan.target_name import account_label
from gateway.core.text.escape import one_line
from gateway.core.time.timestamps import parse_rfc3339
from gateway.render.view.acknowledge_prompt import acknowledge_prompt, next_names, recipient_name
from gateway.render.view.changes import change_before
from gateway.render.view.times import clock_time, duration

MAX_ALERTS = 20
"""Alerts that are listed; --json has all of them."""
_COLOURS = {
    "taken over": "green",
    "given back": "green",
    "spoke": "cyan",
    "escalated": "cyan",
    "acknowledged": "green",
    "resolved": "green",
    "failed": "red",
    "given up": "red",
    "missed": "red",
    "fell back": "red",
    "nobody reached": "red",
    "skipped": "yellow",
    "kept quiet": "yellow",
}
_OUTCOMES = {
    "sent": "delivered",
    "dead": "given up",
    "folded": "part of a later message",
    "cancelled": "not sent",
    "sending": "being sent",
    "pending": "waiting",
}


def clock(text: str | None, zone: str, now: float) -> str:
    """Return an instant of the API on the zone's wall clock, empty for None."""
    return "" if text is None else clock_time(parse_rfc3339(text), zone, now)


def print_heading(incident: dict[str, Any], zone: str, now: float) -> None:
    """Print two lines: number, severity and title; state and since when."""
    severity = incident["severity"] or "no severity"
    number = paint(f"#{incident['number']} {severity}", severity_colour(severity), bold=True)
    echo(f"{number}  {paint(one_line(incident['title'], 300), bold=True)}")
    text = state_text(incident, zone, now)
    if incident["missed_at"]:
        text += f", response missed at {clock(incident['missed_at'], zone, now)}"
    began = clock(incident["since"], zone, now)
    if incident["resolved_at"] is None:
        text += f"; firing since {began} (for {duration(incident['lasted'])})"
    else:
        text += f"; began {began}"
    text += f"; receiver {incident['receiver']}"
    echo(one_line(f"{text}; team {incident['team']['name']}" if incident["team"] else text))


def state_text(incident: dict[str, Any], zone: str, now: float) -> str:
    """Return the state, who acknowledged, and how long a resolved incident lasted."""
    ack, resolved_at = incident["acknowledged"], incident["resolved_at"]
    if resolved_at:
        text = f"resolved at {clock(resolved_at, zone, now)} after {duration(incident['lasted'])}"
        return f"{text}; {ack['by']['name']} had acknowledged it" if ack else text
    if ack:
        since = clock(ack["at"], zone, now)
        return f"acknowledged by {ack['by']['name']} ({ack['via']}) since {since}"
    return "suppressed" if incident["suppressed"] else "unacknowledged"


def next_step_text(incident: dict[str, Any], zone: str, now: float) -> str:
    """Return by when to acknowledge and who is paged next, or why nobody is notified; or empty."""
    escalation = incident["escalation"] or {}
    by, at = (
        parse_rfc3339(text) if text else None
        for text in (
            None if incident["why_quiet"] else incident["respond_by"],
            escalation.get("next_at"),
        )
    )
    text = acknowledge_prompt(
        by,
        next_names(escalation),
        at,
        now,
        lambda t: clock_time(t, zone, now),
        escalation.get("by", ()),
    )
    reason = incident["why_quiet"]
    suppression = f"Not notifying: {reason}." if reason else ""
    return f"{suppression} {text}".strip()


def _change_text(change: dict[str, Any], incident: dict[str, Any]) -> str:
    """Return how long before the incident a change was, and what it was."""
    before = parse_rfc3339(incident["since"]) - parse_rfc3339(change["at"])
    return f"{change_before(before)}: {change['title']} {change['link']}"


def print_incident(incident: dict[str, Any], zone: str, now: float) -> None:
    """Print everything that the API returns about an incident."""
    print_heading(incident, zone, now)
    if incident["group_labels"]:
        echo(f"group {one_line(write_labels(incident['group_labels']), 500)}")
    for change in incident.get("changes", ()):
        echo(one_line(_change_text(change, incident), 500))
    if incident["state"] != "resolved":
        text = next_step_text(incident, zone, now)
        if text:
            echo(one_line(text, 1000))
    print_pending(incident.get("pending", ()), zone, now)
    print_timeline(incident["timeline"], zone, now)
    print_notices(incident["notices"], zone, now)
    print_alerts(incident["alerts"], zone, now)
    print_links(incident.get("links", ()))
    echo()
    echo(incident["url"])


def print_links(links: Sequence[dict[str, Any]]) -> None:
    """Print what there is to read: runbook, dashboard, the links of routes.yaml."""
    if not links:
        return
    echo()
    echo(paint("links", bold=True))
    for one in links:  # never wrapped: a terminal opens a whole URL only
        echo(f"  {one_line(one['title'], 80)}: {one['url']}")


def print_pending(pending: Sequence[dict[str, Any]], zone: str, now: float) -> None:
    """Print whom personal notification rules notify, if nobody acknowledges before."""
    if not pending:
        return
    echo()
    echo(paint("still to be notified", bold=True))
    print_columns(
        [
            [
                clock(one["at"], zone, now),
                f"{one['person']['name']} by {one['contact']}",
                "when the quiet hours end" if one["quiet_hours"] else "by a notification rule",
            ]
            for one in pending
        ],
        indent=2,
    )


def _label(kind: str) -> str:
    """Return the words for a kind of line; a kind of a newer gateway is shown as it is."""
    return TimelineKind(kind).label if kind in set(TimelineKind) else kind


def print_timeline(events: Sequence[dict[str, Any]], zone: str, now: float) -> None:
    """Print what was decided and why, oldest first."""
    echo()
    echo(paint("what happened", bold=True))
    rows: list[list[Cell]] = []
    for event in events:
        text = event["text"]
        to = event["data"].get("to")
        if isinstance(to, str) and to:
            text += ", to " + ", ".join(recipient_name(one) for one in to.split(", "))
        kind = event["kind"]
        rows.append(
            [
                clock(event["at"], zone, now),
                (_label(kind), _COLOURS.get(kind)),
                text,
            ]
        )
    if rows:
        print_columns(rows, indent=2)
    else:
        echo("  nothing yet")


def print_notices(notices: Sequence[dict[str, Any]], zone: str, now: float) -> None:
    """Print each message, and each attempt of those that were not delivered at once."""
    echo()
    echo(paint("who was notified", bold=True))
    if not notices:
        echo("  nobody")
        return
    rows: list[list[Cell]] = []
    for notice in notices:
        good = notice["state"] in ("sent", "folded")
        rows.append(
            [
                clock(notice["sent_at"] or notice["created_at"], zone, now),
                target_text(notice),
                notice["reason"],
                (outcome_text(notice, zone, now), None if good else "red"),
            ]
        )
        if len(notice["attempts"]) > 1 or notice["state"] in ("dead", "pending"):
            for attempt in notice["attempts"]:
                detail = f": {attempt['detail']}" if attempt["detail"] else ""
                perhaps = " (it may have arrived)" if attempt["perhaps"] else ""
                text = f"{attempt['outcome']}{detail}{perhaps}"
                rows.append(["", f"  attempt {clock(attempt['at'], zone, now)}", "", text])
    print_columns(rows, indent=2)


def target_text(notice: dict[str, Any]) -> str:
    """Return the target of a notice, as people call it."""
    # A gateway of an earlier release returns no name.
    address: str = notice.get("name") or f"{notice['channel']} {notice['target']}"
    if not notice["person"]:
        return address
    # A member's id says nothing to people, and the name is printed already.
    spec = spec_of(notice["channel"])
    label = account_label(notice["channel"], notice.get("account", notice["channel"]))
    by = label if spec.address is AddressKind.NAME else address
    return f"{notice['person']} by {by}"


def outcome_text(notice: dict[str, Any], zone: str, now: float) -> str:
    """Return the delivery state of a notice."""
    text = _OUTCOMES.get(notice["state"], notice["state"])
    if notice["state"] == "sent" and notice["outcome"] == PRINTED:
        text = PRINTED_TEXT
    if len(notice["attempts"]) > 1:
        text += f" after {len(notice['attempts'])} attempts"
    if notice["state"] == "pending" and notice["attempts"] and notice["next_at"]:
        text = f"not delivered yet, next attempt {clock(notice['next_at'], zone, now)}"
    return f"{text}: {notice['detail']}" if notice["detail"] else text


def print_alerts(alerts: Sequence[dict[str, Any]], zone: str, now: float) -> None:
    """Print up to MAX_ALERTS alerts, firing ones first, and how many are omitted."""
    echo()
    echo(paint(plural(len(alerts), "alert"), bold=True))
    ordered = sorted(alerts, key=lambda one: (one["status"] != "firing", one["starts_at"]))
    rows: list[list[Cell]] = []
    for alert in ordered[:MAX_ALERTS]:
        ends = alert["status"] == "resolved" and alert["ends_at"]
        until = f" to {clock(alert['ends_at'], zone, now)}" if ends else ""
        colour = None if ends else "red"
        notified = "acknowledged" if alert["acknowledged"] else alert["told"] or "not notified"
        if notified == alert["status"]:
            notified = "notified"
        rows.append(
            [
                (alert["status"], colour),
                clock(alert["starts_at"], zone, now) + until,
                notified,
                one_line(write_labels(alert["labels"]), 1000),
            ]
        )
    print_columns(rows, indent=2)
    if len(alerts) > MAX_ALERTS:
        echo(f"  … {len(alerts) - MAX_ALERTS} more: --json has all")
