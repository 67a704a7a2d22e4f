"""Messages for channel tests: a plain one, a hostile one, an oversized one."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gateway.core.incidents.message import Link, Message
from gateway.core.incidents.notice import NoticeKind, NotifyReason
from gateway.core.text.escape import slack_escape

GROUP = '{}:{alertname="DoubleChargeDetected"}'

HOSTILE = (
    "<!channel> <@U012AB> <#C1> <!subteam^S1>",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "two\r\nBcc: eve@example.com\nlines",
    "right\u202eto left\u2066",
    "{{7*7}} {% raw %} ${HOME}",
    "`code` *bold* _it_ ~no~ ```block```",
    "\x1b[31mred\x1b[0m\x07\x00",
    "&lt;!channel&gt; &amp;amp;",
    "\ud800 lone",
    "x" * 10_000,
)

LINKS = (
    Link("acknowledge", "Acknowledge", "https://gateway.example.com/ack/TOKEN"),
    Link("runbook", "Runbook", "https://runbooks.example.com/billing/double-charge"),
    Link("incident", "Incident #1042", "https://gateway.example.com/incidents/1042"),
    Link("dashboard", "Dashboard", "https://grafana.example.com/d/billing"),
    Link("source", "Source", "http://prometheus.example.com:9090/graph?g0.expr=up"),
)


def alert(number: int = 1, **labels: str) -> dict[str, Any]:
    """One firing alert of the facts."""
    return {
        "status": "firing",
        "labels": {
            "alertname": "DoubleChargeDetected",
            "severity": "critical",
            "team": "billing",
            "instance": f"db-{number}",
            **labels,
        },
        "annotations": {"summary": "A customer was charged twice"},
        "starts_at": 1_795_143_776.019,
        "ends_at": None,
        "generator_url": f"http://prometheus.example.com:9090/graph?g0.expr=up{number}",
        "fingerprint": f"{number:016x}",
    }


def facts(alerts: list[dict[str, Any]] | None = None, **more: Any) -> dict[str, Any]:
    """Facts as the core freezes them."""
    alerts = [alert(1), alert(2)] if alerts is None else alerts
    return {
        "incident": 1042,
        "status": "firing",
        "severity": "critical",
        "rank": 1,
        "title": "DoubleChargeDetected: A customer was charged twice",
        "receiver": "billing-critical",
        "group_key": GROUP,
        "group_labels": {"alertname": "DoubleChargeDetected"},
        "common_labels": {
            "alertname": "DoubleChargeDetected",
            "severity": "critical",
            "team": "billing",
        },
        "common_annotations": {"summary": "A customer was charged twice"},
        "alerts": alerts,
        "firing": len(alerts),
        "resolved": 0,
        "more": 0,
        "opened_at": 1_795_143_776.019,
        "since": 1_795_143_776.019,
        "at": 1_795_143_806.0,
        "ack": None,
        "note": None,
        "external_url": "https://gateway.example.com",
        **more,
    }


PARTS: Mapping[str, str] = {
    "subject": "CRITICAL: DoubleChargeDetected #1042",
    "title": "DoubleChargeDetected: A customer was charged twice",
    "text": "A customer was charged twice.\nFiring since 03:09.",
    "html": "<html><body><h1>A customer was charged twice</h1></body></html>",
    "thread": "Still firing",
    "summary": "DoubleChargeDetected: A customer was charged twice",
}


def message(**changes: Any) -> Message:
    """A first notice of a critical incident, with `changes`."""
    made = Message(
        notice_id=7001,
        incident=1042,
        kind=NoticeKind.FIRING,
        reason=NotifyReason.FIRST,
        status="firing",
        severity="critical",
        rank=1,
        dedup_key="gateway-0123456789abcdef-1042",
        parts=PARTS,
        links=LINKS,
        facts=facts(),
    )
    return replace(made, **changes)


def hostile() -> Message:
    """Everything that a label may hold, wherever the vendor would read it."""
    labels = {f"label{n}<!here>": value for n, value in enumerate(HOSTILE)}
    listed = [{**alert(n, **labels), "annotations": labels} for n in (1, 2)]
    listed[0]["labels"]["odd"] = "one"
    for item in listed:
        item["generator_url"] = "javascript:alert(1)"
    text = "\n".join(HOSTILE)
    return message(
        severity="<!channel>\ncritical",
        # As the templates hand them over: escaped for their channel. Subject and summary are plain.
        parts={
            **PARTS,
            "subject": " ".join(HOSTILE),
            "summary": " ".join(HOSTILE),
            "title": slack_escape(text),
            "text": slack_escape(text),
            "thread": slack_escape(text),
        },
        links=(
            *LINKS,
            Link("runbook", "<!channel>", "javascript:alert(1)"),
            Link("source", "a|b<!here>", "https://example.com/|<!channel>"),
        ),
        facts=facts(listed, common_labels=labels, common_annotations=labels, note=text),
    )


def oversized() -> Message:
    """Two hundred alerts of long labels, and words to match."""
    listed = [
        {
            **alert(n, **{f"label{k}": "y" * 10_000 for k in range(5)}),
            "annotations": {"description": "z" * 10_000, "summary": f"number {n}"},
        }
        for n in range(200)
    ]
    words = "line of words\n" * 500_000
    return message(
        parts=dict.fromkeys(PARTS, words),
        facts=facts(
            listed,
            more=12,
            common_labels={f"common{k}": "w" * 10_000 for k in range(100)},
            common_annotations={"description": "v" * 50_000},
        ),
    )
