"""Sample facts of a billing service for templates: every kind, severity and edge case.

`gateway check` renders all templates against all of them, `gateway render` shows one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.core.incidents.message import Link
from gateway.core.incidents.notice import NoticeKind, NotifyReason
from gateway.core.plan.channels import spec_of
from gateway.core.plan.plan import Target
from gateway.render.report_samples import report_samples
from gateway.render.shift_samples import shift_kinds

NOW = 1_795_147_320.0  # 2026-11-20T04:02:00Z, a Friday
HOUR = 3600.0
SEVERITIES: Mapping[str, int] = {"critical": 1, "warning": 2, "info": 3}
MANY = 17
LARGE_GROUP = 1000

GATEWAY = "https://alerts.example.com"
LINKS = (
    Link("acknowledge", "Acknowledge", f"{GATEWAY}/ack/a-token-that-opens-nothing"),
    Link("runbook", "Runbook", "https://runbooks.example.com/billing/double-charge"),
    Link("incident", "Incident", f"{GATEWAY}/incidents/1042"),
    Link("dashboard", "Dashboard", "https://grafana.example.com/d/billing"),
    Link("source", "Source", "https://prometheus.example.com/graph?g0.expr=up&g0.tab=1"),
)

SHIFT_LINKS = (Link("oncall", "Who is on call", f"{GATEWAY}/oncall"),)

HOSTILE = (
    "<!channel> <@U012AB> <https://evil.example|click>",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "\"><a href='javascript:alert(1)'>",
    "line one\r\nBcc: everyone@example.com\nline two",
    "\u202egnp.exe\u202c \u2066isolated\u2069 \u200b",
    "{{ 7 * 7 }}{% for x in range(9) %}{{ x }}{% endfor %}",
    "`code` *bold* _it_ ~gone~ & &amp; &lt;",
    "long " * 2000,
    "\ud800 lone, \x00 zero, \x1b[31mred",
    "",
)
"""Values of labels and annotations that must come out harmless (E17)."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Facts with their notice. `person` is set if the notice is for one person."""

    name: str
    facts: dict[str, Any]
    kind: NoticeKind
    reason: NotifyReason
    person: str | None = None
    links: tuple[Link, ...] = LINKS

    def target(self, channel: str) -> Target:
        """Return a target of a channel, for a preview."""
        return Target(channel, spec_of(channel).sample_address or channel, person=self.person)


def samples() -> tuple[Sample, ...]:
    """Return all samples, each with its own name."""
    return (*_kinds(), *_shifts(), *_reports(), *_oddities())


def sample(kind: NoticeKind = NoticeKind.FIRING, severity: str = "critical") -> Sample:
    """Return the plain sample of one kind and severity."""
    name = f"{kind.value} {severity}"
    return next(each for each in (*_kinds(), *_shifts(), *_reports()) if each.name == name)


def _kinds() -> Iterator[Sample]:
    reasons = {
        NoticeKind.FIRING: NotifyReason.FIRST,
        NoticeKind.REPEAT: NotifyReason.REPEAT,
        NoticeKind.WORSE: NotifyReason.WORSE,
        NoticeKind.ESCALATION: NotifyReason.ESCALATION,
        NoticeKind.MISSED: NotifyReason.MISSED,
        NoticeKind.ACKNOWLEDGED: NotifyReason.ACKNOWLEDGED,
        NoticeKind.UNACKNOWLEDGED: NotifyReason.ACK_UNDONE,
        NoticeKind.UPDATE: NotifyReason.COMMENTED,
        NoticeKind.RESOLVED: NotifyReason.RESOLVED,
        NoticeKind.LATE: NotifyReason.RESOLVED,
        NoticeKind.DIGEST: NotifyReason.DIGEST,
        NoticeKind.TEST: NotifyReason.TEST,
    }
    for severity in SEVERITIES:
        for kind, reason in reasons.items():
            person = "ana" if kind is NoticeKind.ESCALATION else None
            facts = facts_for(kind, severity)
            yield Sample(f"{kind.value} {severity}", facts, kind, reason, person)
    acked = facts_for(NoticeKind.ACKNOWLEDGED, "critical")
    over = acked | {"ack": _ack() | {"by": "ben", "name": "Ben", "from": "Ana"}}
    yield Sample("taken over", over, NoticeKind.ACKNOWLEDGED, NotifyReason.TAKEN_OVER)
    back = acked | {"note": "Ben gave it back"}
    yield Sample("given back", back, NoticeKind.ACKNOWLEDGED, NotifyReason.GIVEN_BACK)
    yield Sample("ack expired", acked, NoticeKind.UNACKNOWLEDGED, NotifyReason.ACK_EXPIRED)
    yield Sample("repeat, acknowledged", acked, NoticeKind.REPEAT, NotifyReason.REPEAT)
    ruled = facts_for(NoticeKind.ESCALATION, "critical")
    ruled["escalation"] |= {"next": ["person:ana"], "on_call": {}, "by": ["pager", "home"]}
    rule = (NoticeKind.ESCALATION, NotifyReason.PERSONAL_RULE, "ana")
    yield Sample("notification rule", ruled, *rule)
    quiet = (NoticeKind.FIRING, NotifyReason.QUIET_ENDED, "ana")
    yield Sample("quiet hours ended", facts_for(NoticeKind.FIRING, "warning"), *quiet)
    titled = facts_for(NoticeKind.REPEAT, "critical") | {
        "heading": "🚨 CRITICAL BILLING ALERT",
        "immediate": "1. Acknowledge.\n2. Stop the renewal cron.\n3. List the subscriptions.",
    }
    yield Sample("titled", titled, NoticeKind.FIRING, NotifyReason.FIRST)
    yield Sample("titled repeat", titled, NoticeKind.REPEAT, NotifyReason.REPEAT)
    yield from _actions(acked)
    for reason in (
        NotifyReason.NEW_ALERTS,
        NotifyReason.SOME_RESOLVED,
        NotifyReason.MUTE_ENDED,
        NotifyReason.SILENCE_ENDED,
        NotifyReason.FLAPPING,
        NotifyReason.FALLBACK,
        NotifyReason.MOVED,
    ):
        facts = group(MANY, resolved=3 if reason is NotifyReason.SOME_RESOLVED else 0)
        yield Sample(reason.value, facts, NoticeKind.FIRING, reason)


def _actions(acked: dict[str, Any]) -> Iterator[Sample]:
    """Yield what others are shown of what people do."""
    snoozed = facts_for(NoticeKind.FIRING, "warning")
    snoozed |= {"snoozed_until": NOW + HOUR, "note": "Ana snoozed it until 05:00: known"}
    yield Sample("snoozed", snoozed, NoticeKind.UPDATE, NotifyReason.SNOOZED)
    expires = acked | {"note": "the acknowledgement by Ana expires at 08:00, and others are paged"}
    yield Sample("ack expires", expires, NoticeKind.UPDATE, NotifyReason.ACK_EXPIRES, "ana")
    offered = acked | {
        "offered_to": {"id": "ben", "name": "Ben"},
        "note": "Ana hands it over to Ben: my train leaves",
    }
    yield Sample("handed over", offered, NoticeKind.ESCALATION, NotifyReason.OFFERED, "ben")
    paged = acked | {"note": "Ana pages you: refunds fail"}
    yield Sample("paged", paged, NoticeKind.ESCALATION, NotifyReason.PAGED, "ben")
    closed = facts_for(NoticeKind.RESOLVED, "critical")
    closed |= {"note": "Ana resolved it: refunded; it opens again at 05:00 if they fire"}
    yield Sample("resolved by hand", closed, NoticeKind.RESOLVED, NotifyReason.CLOSED)
    merged = acked | {"note": "Ana merged it into incident #1040"}
    yield Sample("merged", merged, NoticeKind.RESOLVED, NotifyReason.MERGED)
    again = facts_for(NoticeKind.FIRING, "critical")
    again |= {"note": "Ana resolved it, but 1 alert fires still after 5m"}
    yield Sample("reopened", again, NoticeKind.FIRING, NotifyReason.REOPENED)


def _shifts() -> Iterator[Sample]:
    for name, facts, kind, reason in shift_kinds(NOW):
        person = None if kind is NoticeKind.ON_CALL else "ana"
        yield Sample(name, facts, kind, reason, person, SHIFT_LINKS)


def _reports() -> Iterator[Sample]:
    links = (Link("list", "All incidents", f"{GATEWAY}/incidents"), *SHIFT_LINKS)
    for name, facts in report_samples(NOW):
        yield Sample(name, facts, NoticeKind.REPORT, NotifyReason.SCHEDULED, None, links)


def _oddities() -> Iterator[Sample]:
    firing = (NoticeKind.FIRING, NotifyReason.FIRST)
    yield Sample("many alerts", group(MANY), *firing)
    yield Sample(
        "many alerts with summaries of their own", group(MANY, own_summaries=True), *firing
    )
    large = group(LARGE_GROUP) | {"more": 9000, "firing": 10_000, "truncated": 12}
    yield Sample("a thousand alerts", large, *firing)
    yield Sample("mixed", group(MANY, resolved=5), *firing)
    bare = facts_for(NoticeKind.FIRING, "critical")
    bare["common_annotations"] = {}
    bare["alerts"] = [alert | {"annotations": {}, "generator_url": ""} for alert in bare["alerts"]]
    yield Sample("no annotations", bare, *firing)
    yield Sample("no labels", bare | {"common_labels": {}, "group_labels": {}}, *firing)
    for index, value in enumerate(HOSTILE):
        yield Sample(f"hostile {index}", hostile(value), *firing, person="ana")
    yield Sample(
        "hostile and resolved", hostile(HOSTILE[0]), NoticeKind.RESOLVED, NotifyReason.RESOLVED
    )
    yield Sample(
        "no alerts", bare | {"alerts": [], "firing": 0}, NoticeKind.RESOLVED, NotifyReason.RESOLVED
    )
    yield Sample("nothing known", {}, *firing)
    yield Sample("nothing", dict.fromkeys(bare), NoticeKind.REPEAT, NotifyReason.REPEAT)


def facts_for(kind: NoticeKind, severity: str) -> dict[str, Any]:
    """Return the facts of one alert when a notice of `kind` is decided."""
    over = kind in (NoticeKind.RESOLVED, NoticeKind.LATE)
    facts = group(1, resolved=1 if over else 0, severity=severity)
    if kind is NoticeKind.REPEAT:
        facts["at"] = NOW + 2 * HOUR
    if kind is NoticeKind.WORSE:
        facts["previous_severity"] = {"critical": "warning"}.get(severity, "info")
    if kind is NoticeKind.ESCALATION:
        facts |= {"told": ["ana", "slack:#billing-alerts"], "at": NOW + HOUR / 4}
        facts["escalation"] = facts["escalation"] | {"step": 2, "next_at": NOW + HOUR / 2}
        facts["respond_by"] = NOW
    if kind is NoticeKind.MISSED:
        missed = {"respond_by": NOW + HOUR / 4, "missed_at": NOW + HOUR / 4}
        facts |= missed | {"at": NOW + HOUR / 4}
        facts["escalation"] = facts["escalation"] | {"step": 2, "next_at": NOW + HOUR / 2}
    if kind in (NoticeKind.ACKNOWLEDGED, NoticeKind.RESOLVED, NoticeKind.UNACKNOWLEDGED):
        facts["ack"] = _ack()
    if kind is NoticeKind.ACKNOWLEDGED:
        facts |= {"status": "acknowledged", "respond_by": None, "at": NOW + 240}
    if kind is NoticeKind.UPDATE:
        text = "The refund job runs."
        facts["comments"] = [{"by": "ben", "name": "Ben", "at": NOW + 300, "text": text}]
        facts |= {"status": "acknowledged", "ack": _ack(), "note": "Ben comments"}
    if kind is NoticeKind.LATE:
        facts["note"] = "Slack could not be reached from 04:02 to 04:40 UTC"
    if kind is NoticeKind.DIGEST:
        facts["digest"] = [_folded(index) for index in range(24)]
        facts |= {"incident": None, "alerts": [], "common_labels": {}, "common_annotations": {}}
        facts |= {"receiver": "", "group_labels": {}}
    return facts


def group(
    size: int, *, resolved: int = 0, severity: str = "critical", own_summaries: bool = False
) -> dict[str, Any]:
    """Return the facts of `size` alerts, the last `resolved` of them resolved."""
    alerts = [
        _alert(index, severity, over=index >= size - resolved, own_summary=own_summaries)
        for index in range(size)
    ]
    over = resolved == size
    labels = alerts[0]["labels"]
    differ = ("instance", "detector") if size > 1 else ()
    common = {name: value for name, value in labels.items() if name not in differ}
    return {
        "incident": 1042,
        "status": "resolved" if over else "firing",
        "severity": severity,
        "rank": SEVERITIES[severity],
        "previous_severity": None,
        "title": "DoubleChargeDetected: A customer was charged twice",
        "receiver": "billing-critical",
        "team": {"id": "billing", "name": "Billing"},
        "group_key": '{}/{severity="critical"}:{alertname="DoubleChargeDetected", team="billing"}',
        "group_labels": {"alertname": "DoubleChargeDetected", "team": "billing"},
        "common_labels": common,
        "common_annotations": {} if own_summaries else dict(alerts[0]["annotations"]),
        "alerts": alerts,
        "firing": size - resolved,
        "resolved": resolved,
        "more": 0,
        "opened_at": NOW - 710,
        "since": NOW - 720,
        "resolved_at": NOW + 2100 if over else None,
        "at": NOW + 2100 if over else NOW,
        "ack": None,
        "escalation": {
            "name": "billing",
            "step": 1,
            "steps": 3,
            "next": ["rota:platform"],
            "next_at": NOW + HOUR / 6,
            "on_call": {"rota:platform": ["Dee"]},
        },
        "respond_by": None if over else NOW + HOUR / 4,
        "missed_at": None,
        "told": ["ana"],
        "note": None,
    }


def hostile(value: str) -> dict[str, Any]:
    """Return facts in which every foreign text is `value`."""
    facts = group(3)
    labels = {"alertname": value, "severity": "critical", "team": value, value or "empty": value}
    notes = dict.fromkeys(("summary", "description", "runbook_url", "dashboard_url"), value)
    facts |= {
        "severity": value,
        "receiver": value,
        "team": {"id": value, "name": value},
        "group_labels": labels,
        "common_labels": labels,
        "common_annotations": notes,
        "told": [value],
        "note": value,
        "ack": None,
    }
    facts["alerts"] = [
        alert
        | {
            "labels": labels | {"instance": f"{index}{value}"},
            "annotations": notes,
            "generator_url": value,
        }
        for index, alert in enumerate(facts["alerts"])
    ]
    return facts


def _alert(index: int, severity: str, *, over: bool, own_summary: bool) -> dict[str, Any]:
    detectors: Sequence[str] = ("ledger_reconciliation", "webhook_replay", "renewal_audit")
    detector = detectors[index % len(detectors)]
    summary = "A customer was charged twice"
    if own_summary:
        summary = f"{index + 2} customers were charged twice, detected by {detector}"
    return {
        "status": "resolved" if over else "firing",
        "labels": {
            "alertname": "DoubleChargeDetected",
            "detector": detector,
            "instance": f"billing-{index + 1}.example.com:9100",
            "job": "billing",
            "severity": severity,
            "team": "billing",
        },
        "annotations": {
            "summary": summary,
            "description": "Double charges were found in the last 5 minutes. "
            "Stop the renewal cron before anything else.",
            "runbook_url": "https://runbooks.example.com/billing/double-charge",
        },
        "starts_at": NOW - 720 + min(index, 10) * 40,
        "ends_at": NOW + 2100 if over else None,
        "generator_url": "https://prometheus.example.com/graph?g0.expr=up&g0.tab=1",
        "fingerprint": f"{index:016x}",
    }


def _ack() -> dict[str, Any]:
    return {
        "by": "ana",
        "name": "Ana",
        "at": NOW + 240,
        "via": "link",
        "expires_at": NOW + 240 + 24 * HOUR,
    }


def _folded(index: int) -> dict[str, Any]:
    over = index % 5 == 4
    return {
        "incident": 1043 + index,
        "title": f"DatabaseConnectionPoolHigh: The connection pool p{index} is 91% full",
        "severity": "warning" if index % 4 else "info",
        "status": "resolved" if over else "firing",
        "url": f"{GATEWAY}/incidents/{1043 + index}",
        "acknowledge": "" if over else f"{GATEWAY}/ack/a-token-that-opens-nothing-{index}",
        "links": [{"role": "link", "text": "Logs", "url": "https://logs.example.com/?q=billing"}]
        if index < 2
        else [],
    }
