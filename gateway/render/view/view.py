"""The names that templates may use, computed from a notice's facts.

`NAMES` documents each. A template that uses another one fails, and `gateway check` reports it.
Instants are unix seconds (print them with the filter ``clock``), lengths seconds (``duration``).
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from gateway.core.incidents.message import Link
from gateway.core.incidents.notice import NoticeKind, NotifyReason
from gateway.core.plan.plan import Target
from gateway.core.text.escape import LONGEST_URL, one_line, safe_url
from gateway.render.view.acknowledge_prompt import next_names, recipient_name
from gateway.render.view.changes import CHANGE_NAMES, changes_view
from gateway.render.view.clean import Labels, clean
from gateway.render.view.links import visible_links
from gateway.render.view.numbers import number
from gateway.render.view.report_message import report_of
from gateway.render.view.responses import RESPONSE_NAMES, responses_view
from gateway.render.view.shift import shift_of
from gateway.render.view.table import table_of

NAMES: Mapping[str, str] = {
    "incident": "the incident's number",
    "number": 'the number as people say it: "#1042"; empty for a digest',
    "status": "firing, acknowledged or resolved",
    "kind": "what the notice is about: firing, repeat, worse, escalation, missed, acknowledged, "
    "unacknowledged, update, resolved, late, digest, test, handover, reminder, shifts-changed, "
    "on-call, swap or report",
    "reason": "why it is sent: first, new alerts, repeat, fallback, …",
    "test": "true when nothing is wrong: a test, or the message of `gateway send-test`",
    "severity": "the incident's severity, as its label says",
    "rank": "the severity's rank, 1 is the worst; none when unknown",
    "previous_severity": "the severity before it got worse, or empty",
    "tone": "critical, warning, info, acknowledged, resolved or test: what colour to show",
    "name": "the alert's name, or what the group has in common",
    "summary": "the summary annotation: the common one, else that of the first alert",
    "description": "the description annotation: the common one, else that of an only alert",
    "heading": "the title of the severity in routes.yaml, filled; empty without one, and where "
    "nothing fires",
    "headline": "what is wrong, in one line (shared/headline.j2)",
    "tag": "how bad, in a word or two (shared/tag.j2)",
    "why": "why this message comes, in sentences (shared/why.j2)",
    "when": "since when, and for how long (shared/when.j2)",
    "action": "by when to acknowledge, and who is paged next (shared/asked.j2)",
    "asked": "the older name of action",
    "immediate": "what the runbook says to do at once, as plain lines; empty without it, and where "
    "nothing fires",
    "labels": "the labels that all alerts share, and those that their route adds",
    "annotations": "the annotations that all alerts share",
    "group_labels": "the labels the group was made by",
    "alerts": "the alerts: status, labels, annotations, starts_at, ends_at of each",
    "table": "what differs: columns, rows (status, over, summary, cells, pairs, text, starts_at, "
    "ends_at, url), total, beyond(shown)",
    "firing": "how many alerts fire",
    "resolved": "how many alerts are resolved",
    "truncated": "how many alerts the source itself left out",
    "receiver": "the receiver's name",
    "team": "the team's name; empty without one",
    "target": "who gets this message: channel, account, address, person, and whether "
    "replies to it reach the gateway (replies)",
    "you": "true when the message goes to one person",
    "at": "when it was decided to send this",
    "opened_at": "when the incident began",
    "since_at": "when the first of the alerts started; 0 when unknown",
    "ended_at": "when the last alert ended, or none",
    "lasted": "how long it has been going on, or went on, in seconds",
    "respond_by": "by when to acknowledge, or none",
    "missed_at": "the time by which nobody had acknowledged, or none",
    "ack": "who acknowledged: by, name, at, via, expires_at, from (whom it was taken over from, "
    "or empty); or none",
    "escalation": "name, step, steps, next (names), next_at, by (contacts); or none",
    "notified": "the names of everyone notified so far",
    "told": "the older name of notified",
    **RESPONSE_NAMES,
    **CHANGE_NAMES,
    "note": "what else there is to say: why late, why the fallback; or empty",
    "digest": "the folded incidents: incident, title, severity, status, url, acknowledge and links "
    "(to read: role, text, url) of each; acknowledge is empty where no acknowledgement is needed",
    "shift": "of a message about shifts: rota, side (ends or begins), people, before, starts_at, "
    "ends_at, why, changes, incidents, more, silences, week, swap; or none",
    "report": "of a scheduled report: title, kind, zone, span, incomplete, incidents, missed, "
    "tiles, to_acknowledge, to_resolve, chart, severities, open, more_open, failed, failed_total, "
    "people, rotas, changes, follow_ups, noisiest, sections; or none",
    "links": "the links in reading order: role, text, url of each",
    "link": "the url of a role: link.acknowledge, link.runbook, …; empty when there is none",
    "external_url": "the gateway's own address",
    "zone": "the time zone of printed times",
}

TARGET_NAMES = frozenset(("target", "links", "link"))
"""The names that shared sentences lack, because those are rendered once for all targets."""

_TONES = {
    **dict.fromkeys(("critical", "page", "emergency", "fatal", "disaster", "p1"), "critical"),
    **dict.fromkeys(("error", "high", "major", "warning", "warn", "p2"), "warning"),
}


class IncidentStatus(NamedTuple):
    """An incident's status, severity, and its rank, which is None if it is not declared."""

    status: str
    severity: str
    rank: int | None


class AlertView:
    """One alert as templates see it."""

    __slots__ = ("annotations", "ends_at", "labels", "starts_at", "status")

    def __init__(self, alert: Mapping[str, Any]) -> None:
        self.status = clean(alert.get("status")) or "firing"
        self.labels = Labels(alert.get("labels"))
        self.annotations = Labels(alert.get("annotations"))
        self.starts_at = number(alert.get("starts_at"))
        self.ends_at = number(alert.get("ends_at"))


class Alerts(Sequence[AlertView]):
    """The alerts, created when they are read, because there may be a thousand."""

    __slots__ = ("_raw",)

    def __init__(self, raw: Sequence[Mapping[str, Any]]) -> None:
        self._raw = raw

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return Alerts(self._raw[index])
        return AlertView(self._raw[index])

    def __len__(self) -> int:
        return len(self._raw)


def mapping_of(facts: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return a mapping from the facts.

    An empty one if it is missing or of another type.
    """
    value = facts.get(name)
    return value if isinstance(value, Mapping) else {}


def view_of(facts: Mapping[str, Any], kind: NoticeKind, reason: NotifyReason) -> dict[str, Any]:
    """Return the names that depend on the facts alone, not on the target."""
    raw = [alert for alert in _list(facts.get("alerts")) if isinstance(alert, Mapping)]
    labels, annotations = (
        Labels(facts.get("common_labels")),
        Labels(facts.get("common_annotations")),
    )
    group_labels = Labels(facts.get("group_labels"))
    first = Labels(raw[0].get("annotations")) if raw else annotations
    status, severity, rank = status_of(facts, kind)
    at = number(facts.get("at")) or 0.0
    since, ended = _span(facts, raw, at, status)
    incident = facts.get("incident")
    notified = tuple(recipient_name(name) for name in _list(facts.get("told")))
    return {
        "incident": incident if isinstance(incident, int) else clean(incident) or 0,
        "number": f"#{clean(incident)}" if incident is not None else "",
        "status": status,
        "kind": kind.value,
        "reason": reason.value,
        "test": kind is NoticeKind.TEST or facts.get("test") is True,
        "severity": severity,
        "rank": rank,
        "previous_severity": one_line(clean(facts.get("previous_severity")), 40),
        "tone": tone(kind, status, severity, facts.get("rank")),
        "name": _name(labels, group_labels, facts),
        "heading": one_line(clean(facts.get("heading")), 100),
        "summary": one_line(annotations["summary"] or first["summary"], 300),
        "description": annotations["description"]
        or (first["description"] if len(raw) == 1 else ""),
        "immediate": clean(facts.get("immediate"), 1500),
        "labels": Labels(
            {**mapping_of(facts, "route_labels"), **mapping_of(facts, "common_labels")}
        ),
        "annotations": annotations,
        "group_labels": group_labels,
        "alerts": Alerts(raw),
        "table": table_of(facts, raw),
        "firing": _whole(facts.get("firing")),
        "resolved": _whole(facts.get("resolved")),
        "truncated": _whole(facts.get("truncated")),
        "receiver": one_line(clean(facts.get("receiver")), 100),
        "team": one_line(clean(mapping_of(facts, "team").get("name")), 100),
        "at": at,
        "opened_at": number(facts.get("opened_at")) or since,
        "since_at": since,
        "ended_at": ended,
        "lasted": max(0.0, (at if ended is None else ended) - since),
        "respond_by": number(facts.get("respond_by")),
        "missed_at": number(facts.get("missed_at")),
        "ack": _ack(facts.get("ack")),
        "escalation": _escalation(facts.get("escalation")),
        "notified": notified,
        "told": notified,
        **responses_view(facts),
        **changes_view(facts),
        "note": one_line(clean(facts.get("note")), 300),
        "shift": shift_of(facts),
        "report": report_of(facts),
        "digest": tuple(_folded(item) for item in _list(facts.get("digest"))),
    }


def status_of(facts: Mapping[str, Any], kind: NoticeKind) -> IncidentStatus:
    """Return status, severity and rank, all that a message without text needs."""
    status = clean(facts.get("status")) or ("resolved" if kind is NoticeKind.RESOLVED else "firing")
    severity = facts.get("severity") or Labels(facts.get("common_labels"))["severity"]
    rank = facts.get("rank")
    return IncidentStatus(
        status, one_line(clean(severity), 40), rank if isinstance(rank, int) else None
    )


def target_view(
    target: Target, links: Sequence[Link], *, takes_replies: bool = False
) -> dict[str, Any]:
    """Return the names that depend on the target; the shared sentences lack these."""
    return {
        "target": {
            "channel": target.channel,
            "address": target.address,
            "person": target.person or "",
            "account": target.account,
            "replies": takes_replies,
        },
        "links": links,
        "link": Labels({link.role: link.url for link in reversed(links)}),
    }


def tone(kind: NoticeKind, status: str, severity: str, rank: object) -> str:
    """Return the colour of a message, by its state or its severity."""
    if kind is NoticeKind.TEST:
        return "test"
    if kind in (NoticeKind.RESOLVED, NoticeKind.LATE) or status == "resolved":
        return "resolved"
    if kind is NoticeKind.ACKNOWLEDGED:
        return "acknowledged"
    known = _TONES.get(severity.lower())
    if known is not None:
        return known
    return {1: "critical", 2: "warning"}.get(rank, "info") if isinstance(rank, int) else "info"


def _name(labels: Labels, group_labels: Labels, facts: Mapping[str, Any]) -> str:
    name = labels["alertname"] or group_labels["alertname"] or str(group_labels)
    return one_line(name or clean(facts.get("title")) or "Alerts", 150)


def _span(
    facts: Mapping[str, Any], raw: Sequence[Mapping[str, Any]], at: float, status: str
) -> tuple[float, float | None]:
    starts = [start for alert in raw if (start := number(alert.get("starts_at"))) is not None]
    since = number(facts.get("since"))
    if since is None:
        since = min(starts, default=number(facts.get("opened_at")) or at)
    if status != "resolved":
        return since, None
    ended = number(facts.get("resolved_at"))
    if ended is None:
        ends = [end for alert in raw if (end := number(alert.get("ends_at"))) is not None]
        ended = max(ends, default=at)
    return since, max(since, ended)


def _ack(value: object) -> dict[str, Any] | None:
    if not isinstance(value, Mapping) or not value:
        return None
    by = one_line(clean(value.get("by")), 100)
    return {
        "by": by,
        "name": one_line(clean(value.get("name")), 100) or by or "somebody",
        "from": one_line(clean(value.get("from")), 100),
        "at": number(value.get("at")),
        "via": one_line(clean(value.get("via")), 40),
        "expires_at": number(value.get("expires_at")),
    }


def _escalation(value: object) -> dict[str, Any] | None:
    if not isinstance(value, Mapping) or not value:
        return None
    return {
        "name": one_line(clean(value.get("name")), 100),
        "step": _whole(value.get("step")),
        "steps": _whole(value.get("steps")),
        "next": next_names(value),
        "next_at": number(value.get("next_at")),
        "by": tuple(one_line(clean(one), 100) for one in _list(value.get("by"))),
    }


def _folded(item: object) -> dict[str, Any]:
    facts: Mapping[str, Any] = item if isinstance(item, Mapping) else {}
    return {
        "incident": clean(facts.get("incident")),
        "title": one_line(clean(facts.get("title")), 200) or "alerts",
        "severity": one_line(clean(facts.get("severity")), 40),
        "status": clean(facts.get("status")) or "firing",
        "url": safe_url(clean(facts.get("url"), LONGEST_URL)) or "",
        "acknowledge": safe_url(clean(facts.get("acknowledge"), LONGEST_URL)) or "",
        "links": visible_links(_links(facts.get("links")), answered=False),
    }


def _links(value: object) -> list[Link]:
    return [
        Link(clean(one.get("role"), 40), clean(one.get("text"), 100), str(one.get("url") or ""))
        for one in _list(value)
        if isinstance(one, Mapping)
    ]


def _list(value: object) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []


def _whole(value: object) -> int:
    return value if isinstance(value, int) and value >= 0 else 0
