"""Posted alerts of about 725 bytes each, as Prometheus writes them.

Six labels, three annotations, the keys in the order of Alertmanager's client models
(`api/v2/models`, PostableAlert), which Prometheus marshals.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

NAMES, NAMESPACES = 25, 20
"""Together 500 groups if grouped by alertname and namespace."""

AHEAD = timedelta(minutes=10)
"""How far in the future alerts end, so that none resolves during a measurement."""

SEVERITIES = ("critical", "warning", "info")
LONG = (
    "The service answers more slowly than agreed for more than ten minutes now. Customers see it"
    " while they pay. Read the dashboard of the service first, then the slow queries of its"
    " database, and ask the team"
)


def alert(number: int, ends: datetime, name: str = "", severity: str = "") -> dict[str, object]:
    """Return alert `number`, one of 500 groups; with a `name`, of that name and starting now.

    Alertmanager counts group_wait from an alert's start, so latencies need a start of now.
    """
    begins = ends - AHEAD if name else ends - timedelta(hours=1, seconds=number % 500)
    namespace = f"namespace-{number // NAMES % NAMESPACES:02d}"
    return {
        "annotations": {
            "description": f"{LONG} (instance {number}).",
            "runbook_url": f"https://runbooks.example.com/billing/slow-{number % NAMES}",
            "summary": f"Service {number} answers slowly",
        },
        "endsAt": format_time(ends),
        "startsAt": format_time(begins),
        "generatorURL": "http://prometheus.example.com/graph?g0.expr=rate%28latency_seconds_sum"
        "%5B5m%5D%29+%3E+0.5&g0.tab=1",
        "labels": {
            "alertname": name or f"ServiceAnswersSlowly{number % NAMES}",
            "instance": f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}:9100",
            "job": "billing-exporter",
            "namespace": namespace,
            "severity": severity or SEVERITIES[number % 3],
            "team": "billing",
        },
    }


def format_time(at: datetime) -> str:
    """Return an instant as Prometheus writes it, always of the same length."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def request(port: int, alerts: Sequence[dict[str, object]]) -> bytes:
    """Return the bytes of a POST /api/v2/alerts."""
    body = json.dumps(alerts, separators=(",", ":")).encode()
    head = (
        f"POST /api/v2/alerts HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUser-Agent: Prometheus/2\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
