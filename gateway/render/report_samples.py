"""Sample reports, for the check and the preview of templates."""

from collections.abc import Iterator
from typing import Any

DAY = 86400.0


def report_samples(now: float) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield name and facts of each sample."""
    yield "report critical", report_facts("daily", now)
    yield "report weekly", report_facts("weekly", now)
    quiet = report_facts("daily", now)
    nothing: dict[str, Any] = {"totals": _figures(0), "before": None, "days": [], "by_severity": []}
    empty: dict[str, Any] = {
        "open": [],
        "failed": [],
        "failed_total": 0,
        "noisiest": [],
        "sections": [],
    }
    quiet["report"] = quiet["report"] | nothing | empty
    yield "report of a quiet day", quiet


def report_facts(kind: str, now: float) -> dict[str, Any]:
    """Return the facts of a report of a billing team."""
    length = DAY if kind == "daily" else 7 * DAY
    counts = (0, 1, 0, 0, 4, 2, 0) if kind == "weekly" else (0,) * 9 + (2, 5, 1, 0, 0, 1) + (0,) * 9
    report = {
        "name": kind,
        "kind": kind,
        "title": f"{kind.capitalize()} report: Billing",
        "zone": "Europe/Berlin",
        "start": now - length,
        "end": now,
        "deleted_before": None,
        "totals": _figures(9) | {"missed": 2},
        "before": _figures(12),
        "by_severity": [
            _figures(3) | {"key": "critical", "target": "15m", "missed": 1},
            _figures(5) | {"key": "warning", "target": "1h", "missed": 1},
            _figures(1) | {"key": "info", "target": "next business day"},
        ],
        "days": [{"incidents": count} for count in counts],
        "people": [
            _person("Ana", 9, 14, nights=3, hours=120),
            _person("Ben", 4, 2, nights=0, hours=48),
        ],
        "rotas": []
        if kind == "daily"
        else [
            _figures(6)
            | {"name": "billing", "incidents_before": 9, "missed": 2, "missed_before": 1},
            _figures(3) | {"name": "platform", "incidents_before": 3, "uncovered": 5400.0},
        ],
        "follow_ups": []
        if kind == "daily"
        else [
            {
                "number": 1042,
                "text": "Alert on the retry queue",
                "owner": "Ben",
                "due_at": now - DAY,
                "overdue": True,
            },
            {"number": 1043, "text": "Test the restore of the ledger", "owner": "", "due_at": None},
        ],
        "noisiest": [
            _noisy("DoubleChargeDetected", 42, no_action=0),
            _noisy("StripeWebhookLatencyOverThreeSecondsForFiveMinutes", 31, no_action=4),
        ],
        "open": [
            {
                "number": 1042,
                "title": "DoubleChargeDetected: A customer was charged twice",
                "severity": "critical",
                "status": "acknowledged",
                "since": now - 720.0,
                "holder": "Ana",
            },
            {
                "number": 1043,
                "title": "RenewalCronFailed",
                "severity": "warning",
                "status": "firing",
                "since": now - 2 * DAY,
                "holder": "",
            },
        ],
        "more_open": 3,
        "failed": [{"target": "e-mail billing-oncall@example.com", "count": 2}],
        "failed_total": 2,
        "sections": [
            {
                "heading": "Objectives",
                "lines": [
                    _line("Webhooks answered", "99.95 %", "at least 99.9 %", ok=True),
                    _line("p95 latency of checkout", "612 ms", "at most 500 ms", ok=False),
                    {"title": "Error rate", "error": "no answer within 10 s"},
                ],
            },
            {"heading": "Business", "lines": [_line("Purchases", "1,204")]},
        ],
    }
    return {
        "incident": None,
        "status": "report",
        "severity": "",
        "rank": None,
        "title": report["title"],
        "report": report,
        "at": now,
        "opened_at": now,
        "since": now,
        "alerts": [],
    }


def _figures(incidents: int) -> dict[str, Any]:
    spread = {"count": incidents, "median": 240.0, "p90": 780.0, "longest": 2460.0}
    return {
        "incidents": incidents,
        "pages": 2 * incidents,
        "messages": 5 * incidents,
        "acknowledged": incidents // 2,
        "missed": 0,
        "no_action": incidents // 3,
        "flapping": incidents // 4,
        "useful": incidents // 3,
        "noise": incidents // 5,
        "to_acknowledge": spread if incidents > 1 else None,
        "to_resolve": spread if incidents else None,
    }


def _person(name: str, count: int, before: int, *, nights: int, hours: int) -> dict[str, Any]:
    return {
        "person": {"id": name.lower(), "name": name},
        "interruptions": count,
        "interruptions_before": before,
        "nights": nights,
        "weekends": 2,
        "holidays": 0,
        "pages": 3 * count,
        "on_call": {"seconds": hours * 3600.0},
    }


def _noisy(name: str, messages: int, *, no_action: int) -> dict[str, Any]:
    return {
        "alertname": name,
        "messages": messages,
        "incidents": 5,
        "no_action": no_action,
        "flapping": no_action // 2,
        "noise": no_action // 2,
        "routes": [{"name": 'routes.yaml:97 {}/{team="billing"}/0'}],
    }


def _line(title: str, value: str, objective: str = "", *, ok: bool | None = None) -> dict[str, Any]:
    return {"title": title, "value": value, "objective": objective, "ok": ok, "error": ""}
