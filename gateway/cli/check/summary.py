"""Summary of a valid file in `gateway check`: its size, its paths, and who is on call."""

from collections.abc import Iterable
from typing import Any

from gateway.cli.check.accounts import SENDS, accounts_in_use
from gateway.cli.support import oncall_text
from gateway.cli.support.output import echo, paint, plural
from gateway.config.grammar.holidays import library_version
from gateway.config.load import Config
from gateway.core.oncall.rota import explain, gaps
from gateway.core.plan.accounts import SourceSettings
from gateway.core.plan.plan import Plan
from gateway.core.routing.match import walk
from gateway.core.time.business_hours import holidays_between
from gateway.cron import next_after
from gateway.render.view.severity_title import severity_title
from gateway.render.view.times import clock_time, duration

HORIZON = 4 * 7 * oncall_text.DAY
"""Seconds ahead in which gaps of rotas are counted and holidays are listed."""

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

_NOUNS = {
    "routes": "route",
    "receivers": "receiver",
    "sources": "source",
    "people": "person",
    "rotas": "rota",
    "teams": "team",
    "escalations": "escalation",
    "time_intervals": "time interval",
    "inhibit_rules": "inhibit rule",
    "reports": "report",
}


def summary_json(config: Config, now: float) -> dict[str, Any]:
    plan = config.plan
    return {
        "digest": plan.digest,
        **_counts(config),
        "accounts": [
            {"name": one.name, "type": one.type, "sends": how == SENDS}
            for one, how in accounts_in_use(config)
        ],
        "intake": [
            {"path": path, "open": is_open} for path, is_open in _intake(config.sources.values())
        ],
        "on_call": [
            oncall_text.on_call_json(plan.name_of, rota, now, explain(rota, now))
            for rota in plan.rotas.values()
        ],
        "holidays": [
            {"date": day.isoformat(), "name": name}
            for day, name in holidays_between(plan.business_hours, now, now + HORIZON)
        ],
        "subjects": _subjects(plan),
        "runbooks": {
            "files": sorted(plan.runbooks.pages),
            "folder": plan.runbooks.folder or None,
            "url": plan.runbooks.url or None,
        },
        "gaps": [
            {"rota": name, "from": oncall_text.rfc3339(start), "to": oncall_text.rfc3339(end)}
            for name, rota in plan.rotas.items()
            for start, end in gaps(rota, now, now + HORIZON)
        ],
    }


def _intake(sources: Iterable[SourceSettings]) -> list[tuple[str, bool]]:
    """Return the paths that accept alerts, each with whether it needs no credentials."""
    listed = list(sources)
    prometheus = [one for one in listed if one.type == "prometheus"]
    paths = [(f"/webhook/{one.name}", one.open) for one in listed]
    if prometheus:
        paths.append(("/api/v2/alerts", any(one.open for one in prometheus)))
    return paths


def _print_intake(config: Config) -> None:
    paths = _intake(config.sources.values())
    text = ", ".join(f"{path} (open)" if is_open else path for path, is_open in paths)
    text = f"alerts are accepted at {text or 'no path: no source is declared'}"
    if paths and not any(path == "/api/v2/alerts" for path, _ in paths):
        text += "; not at /api/v2/alerts, because no source has type: prometheus"
    echo(text)


def _print_accounts(config: Config) -> None:
    texts = []
    for account, how in accounts_in_use(config):
        type_ = "" if account.name == account.type else f" ({account.type})"
        texts.append(f"{account.name}{type_}" + ("" if how == SENDS else f": {how}"))
    if texts:
        echo(f"accounts: {', '.join(texts)}")


def _print_holidays(plan: Plan, now: float) -> None:
    if plan.business_hours.holidays is None:
        return
    listed = [
        f"{_WEEKDAYS[day.weekday()]} {day:%Y-%m-%d} {name}"
        for day, name in holidays_between(plan.business_hours, now, now + HORIZON)
    ]
    days = ", ".join(listed) or "none"
    echo(f"holidays in the next 4 weeks: {days} (library holidays {library_version()})")


def _subjects(plan: Plan) -> dict[str, str]:
    """Return by severity how a subject begins, for a sample of the first team, or why not."""
    sample = {"alertname": "AlertName", "team": next(iter(plan.teams), "billing")}
    titles = {
        one.name: severity_title({"severity": one.name, "common_labels": sample}, plan)
        for one in plan.severities.values()
        if one.title
    }
    return {
        name: f"{one.text}: AlertName" if one.text else one.missing or one.problem
        for name, one in titles.items()
    }


def _print_words(plan: Plan) -> None:
    """Print the subjects of severities with titles, and where runbooks are."""
    subjects = _subjects(plan)
    if subjects:
        echo(f"subjects: {', '.join(subjects.values())}")
    books = plan.runbooks
    if books.folder:
        echo(f"runbooks: {plural(len(books.pages), 'file')} in {books.folder}")
    elif books.url:
        echo(f"runbooks: {books.url}")


def _counts(config: Config) -> dict[str, int]:
    plan = config.plan
    return {
        "routes": sum(1 for _ in walk(plan.root)),
        "receivers": len(plan.receivers),
        "sources": len(config.sources),
        "people": len(plan.people),
        "rotas": len(plan.rotas),
        "teams": len(plan.teams),
        "escalations": len(plan.escalations),
        "time_intervals": len(plan.time_intervals),
        "inhibit_rules": len(plan.inhibit_rules),
        "reports": len(plan.reports),
    }


def print_summary(config: Config, now: float) -> None:
    plan = config.plan
    echo(", ".join(plural(count, _NOUNS[name]) for name, count in _counts(config).items() if count))
    _print_intake(config)
    _print_accounts(config)
    _print_holidays(plan, now)
    for name, rota in plan.rotas.items():
        text = oncall_text.on_call_line(plan, rota, now)
        nobody = text.startswith(oncall_text.NOBODY)
        red = nobody and not rota.gaps_allowed
        echo(f"on call for {name}: {paint(text, 'red' if red else None)}")
        uncovered = gaps(rota, now, now + HORIZON)
        if uncovered:
            missing = duration(sum(end - start for start, end in uncovered))
            first = clock_time(uncovered[0][0], rota.zone, now)
            text = f"  nobody for {missing} of the next 4 weeks, first from {first}"
            meant = ", as gaps: allowed says" if rota.gaps_allowed else ""
            echo(paint(text + meant, None if meant else "red"))
    _print_words(plan)
    for report in plan.reports.values():
        at = clock_time(next_after(report.cron, report.zone, now), report.zone, now)
        echo(f"report {report.name}: next {at}, to {report.receiver}")
