"""The whole story of an incident as a Markdown document, for a review after its end."""

from collections.abc import Iterable, Iterator, Sequence

from gateway.core.incidents.follow_up import FollowUp
from gateway.core.incidents.incident import Incident, Member
from gateway.core.incidents.timeline import TimelineKind
from gateway.core.plan.channels import spec_of
from gateway.core.plan.plan import Plan
from gateway.core.plan.target_name import target_name
from gateway.core.text.escape import one_line
from gateway.core.time.timestamps import format_duration, local_minute
from gateway.render.view.changes import change_before
from gateway.store.queries.deliveries import NoticeSummary
from gateway.web.explain.answers import IncidentExplanation
from gateway.web.explain.names import name_of

_SPECIAL = str.maketrans({one: "\\" + one for one in "\\`*_[]<>|#"})


def story(
    explanation: IncidentExplanation,
    follow_ups: Sequence[FollowUp],
    plan: Plan,
    zone: str,
    url: str,
    now: float,
) -> str:
    """Return the document, with times on the wall clock of `zone`."""
    parts = [
        _head(explanation, plan, zone, url, now),
        _section("Alerts", _alerts(explanation.members, zone, now)),
        _section("Timeline", _timeline(explanation, plan, zone)),
        _section("Notified", _notified(explanation.notices, plan)),
        _section("Follow-up", _items(follow_ups, plan, zone)),
    ]
    return "\n".join(part for part in parts if part)


def _head(explanation: IncidentExplanation, plan: Plan, zone: str, url: str, now: float) -> str:
    incident = explanation.incident
    lines = [f"# Incident {incident.number}: {_plain(explanation.title)}", ""]
    facts = dict(_facts(incident, plan, zone, now))
    lines += ["| | |", "| --- | --- |", *(f"| {k} | {v} |" for k, v in facts.items()), ""]
    lines += [f"<{url}>", ""]
    return "\n".join(lines)


def _facts(incident: Incident, plan: Plan, zone: str, now: float) -> Iterator[tuple[str, str]]:
    yield "severity", _plain(incident.severity)
    yield "team", _plain(plan.team_name(incident.team)) if incident.team else "no team"
    yield "receiver", _plain(incident.receiver)
    yield "began", local_minute(incident.began_at, zone)
    yield "opened", local_minute(incident.opened_at, zone)
    if incident.resolved_at is not None:
        yield "resolved", local_minute(incident.resolved_at, zone)
    yield "lasted", format_duration(round(incident.lasted(now)))
    if incident.ack is not None:
        waited = format_duration(round(max(0.0, incident.ack.at - incident.opened_at)))
        yield "acknowledged", f"by {_plain(name_of(plan, incident.ack.by))}, {waited} after opening"
    if incident.missed_at is not None:
        at = local_minute(incident.missed_at, zone)
        yield "response", f"missed: nobody had acknowledged by {at}"
    responses = incident.responses
    if responses.merged_into is not None:
        yield "merged into", f"incident {responses.merged_into}"
    if responses.merged:
        yield "merged into it", ", ".join(f"incident {one}" for one in responses.merged)
    if responses.related:
        yield "linked with", ", ".join(f"incident {one}" for one in responses.related)
    for change in incident.changes:
        at = local_minute(change.at, zone)
        before = change_before(incident.began_at - change.at).lower()
        yield f"{before} ({change.id})", f"{_plain(change.title)}, {at} {change.link}".rstrip()
    if incident.previous is not None:
        previous = incident.previous
        yield "fired before", f"incident {previous.number}; {previous.lately} in seven days"


def _alerts(members: Sequence[Member], zone: str, now: float) -> Iterator[str]:
    for member in sorted(members, key=lambda one: one.alert.starts_at):
        alert = member.alert
        ended = "still firing"
        if alert.ends_at is not None and not member.firing(now):
            ended = f"to {local_minute(alert.ends_at, zone)}"
        labels = ", ".join(f"{k}={v}" for k, v in sorted(alert.labels.items()))
        shown = one_line(labels).replace("`", "'")
        yield f"- {local_minute(alert.starts_at, zone)} {ended}: `{shown}`"


def _timeline(explanation: IncidentExplanation, plan: Plan, zone: str) -> Iterator[str]:
    for entry in explanation.timeline:
        at, label = local_minute(entry.at, zone), entry.kind.label
        comment = entry.data.get("comment")
        if entry.kind is TimelineKind.COMMENTED and isinstance(comment, str):
            yield f"- **{at}** {_plain(name_of(plan, str(entry.data.get('by', ''))))}:"
            yield from (f"  > {line}" for line in comment.splitlines())
        else:
            yield f"- **{at}** {label}: {_plain(entry.text)}"


def _notified(notices: Sequence[NoticeSummary], plan: Plan) -> Iterator[str]:
    counts: dict[str, int] = {}
    for notice in notices:
        if notice.reached:
            target = notice.target
            name = name_of(plan, target.person) if target.person else target_name(target)
            key = f"{name} ({spec_of(target.channel).label})"
            counts[key] = counts.get(key, 0) + 1
    for name, count in counts.items():
        yield f"- {_plain(name)}: {count} message{'' if count == 1 else 's'}"


def _items(follow_ups: Iterable[FollowUp], plan: Plan, zone: str) -> Iterator[str]:
    for item in follow_ups:
        box = " " if item.open else "x"
        owner = f" ({_plain(name_of(plan, item.owner))})" if item.owner else ""
        due = f", due {local_minute(item.due_at, zone)}" if item.due_at is not None else ""
        yield f"- [{box}] {_plain(item.text)}{owner}{due}"


def _section(title: str, lines: Iterable[str]) -> str:
    text = "\n".join(lines)
    return f"## {title}\n\n{text}\n" if text else ""


def _plain(text: str) -> str:
    """Return text without line breaks and without meaning in Markdown."""
    return one_line(text).translate(_SPECIAL)
