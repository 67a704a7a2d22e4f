"""A report as JSON values: the same for the API, the commands and the messages."""

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.core.plan.plan import Plan
from gateway.core.proof.findings import Share
from gateway.core.report.figures import Figures
from gateway.core.report.noisy import NoisyAlert
from gateway.core.report.report import Group, PersonFigures, Report
from gateway.core.report.selection import Dimension
from gateway.core.report.spread import Spread
from gateway.core.time.timestamps import format_duration, format_rfc3339


def report_json(
    plan: Plan,
    report: Report,
    *,
    by: Dimension | None = None,
    deleted_before: float | None = None,
    before: Report | None = None,
) -> dict[str, Any]:
    """Return a report as JSON values; instants are RFC 3339, durations in seconds.

    `before` is the report that it is compared with.
    """
    return {
        "from": _instant(report.selection.start),
        "to": _instant(report.selection.end),
        "zone": report.zone,
        "deleted_before": None if deleted_before is None else _instant(deleted_before),
        "totals": figures_json(report.totals),
        "before": figures_json(before.totals) if before else None,
        "by_severity": [
            {**_group(plan, Dimension.SEVERITY, group), "target": _target(plan, group.key)}
            for group in report.by_severity
        ],
        "by": by.value if by else None,
        "groups": [_group(plan, by, group) for group in report.groups] if by else [],
        "days": [{"day": _instant(day), "incidents": count} for day, count in report.columns],
        "people": _people(plan, report.people, before.people if before else None),
        "noisiest": [_noisy(plan, alert) for alert in report.noisiest],
    }


def figures_json(figures: Figures) -> dict[str, Any]:
    """Return figures as JSON values."""
    return {
        "incidents": figures.incidents,
        "open": figures.open,
        "messages": figures.messages,
        "pages": figures.pages,
        "acknowledged": figures.acknowledged,
        "missed": figures.missed,
        "no_action": figures.no_action,
        "flapping": figures.flapping,
        "useful": figures.useful,
        "noise": figures.noise,
        "to_acknowledge": _spread(figures.to_acknowledge),
        "to_resolve": _spread(figures.to_resolve),
    }


def _group(plan: Plan, by: Dimension, group: Group) -> dict[str, Any]:
    return {"key": _key(by, group.key), "name": _name(plan, by, group.key)} | figures_json(
        group.figures
    )


def _key(by: Dimension, key: str) -> str:
    return _instant(float(key)) if by is Dimension.DAY else key


def _name(plan: Plan, by: Dimension, key: str) -> str:
    """Return the name of a group for people; "no team" and the like for none."""
    if by is Dimension.DAY:
        return _instant(float(key))
    if by is Dimension.ROUTE:
        return route_name(plan, key)
    if not key:
        return f"no {by.value}"
    return plan.team_name(key) if by is Dimension.TEAM else key


def route_name(plan: Plan, route_id: str) -> str:
    """Return a route as people find it: its line in routes.yaml, then its id."""
    route = plan.routes.get(route_id)
    if route is None:
        return f"{route_id} (removed)"
    return f"routes.yaml:{route.line} {route_id}" if route.line else route_id


def _target(plan: Plan, severity: str) -> str | None:
    """Return how soon incidents of a severity must be acknowledged; routes may say otherwise."""
    within = plan.severity_named(severity).respond_within
    return within if within is None or isinstance(within, str) else format_duration(within)


def _people(
    plan: Plan, people: Sequence[PersonFigures], before: Sequence[PersonFigures] | None
) -> list[dict[str, Any]]:
    earlier = {one.person: one for one in before or ()}
    return [_person(plan, one, earlier, compared=before is not None) for one in people]


def _person(
    plan: Plan, one: PersonFigures, earlier: Mapping[str, PersonFigures], *, compared: bool
) -> dict[str, Any]:
    total = one.interruptions
    known = earlier.get(one.person)
    return {
        "person": {"id": one.person, "name": plan.name_of(one.person)},
        "pages": one.pages,
        "interruptions": total.total,
        "nights": total.nights,
        "weekends": total.weekends,
        "holidays": total.holidays,
        "off_hours": total.off_hours,
        "interruptions_before": (known.interruptions.total if known else 0) if compared else None,
        "acknowledged": one.acknowledged,
        "to_acknowledge": _spread(one.to_acknowledge),
        "on_call": None if one.duty is None else _share(one.duty),
    }


def _share(share: Share) -> dict[str, Any]:
    return {
        "seconds": share.total,
        "night_seconds": share.nights,
        "weekend_seconds": share.weekends,
        "holiday_seconds": share.holidays,
        "shifts": share.shifts,
    }


def _noisy(plan: Plan, alert: NoisyAlert) -> dict[str, Any]:
    return {
        "alertname": alert.alertname,
        **figures_json(alert.figures),
        "routes": [_route(plan, route_id) for route_id in alert.routes],
    }


def _route(plan: Plan, route_id: str) -> dict[str, Any]:
    route = plan.routes.get(route_id)
    return {
        "id": route_id,
        "line": route.line if route else None,
        "name": route_name(plan, route_id),
    }


def _spread(values: Spread | None) -> dict[str, float] | None:
    if values is None:
        return None
    return {
        "count": values.count,
        "median": values.median,
        "p90": values.p90,
        "longest": values.longest,
    }


def _instant(t: float) -> str:
    return format_rfc3339(t, milliseconds=t != int(t))
