"""The plan in force as an alertmanager.yml, for amtool, karma and human readers.

Routes, inhibition rules and time intervals are written out. Receivers are names only, because their
targets are the gateway's own grammar, and partly secret. What alertmanager.yml cannot express is a
comment at the top. Files like this load in Alertmanager 0.25 (tried with `amtool config routes`),
so newer keys are omitted: names of rules, labels of receivers and routes.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from gateway.core.plan.intervals import OPTIONS
from gateway.core.plan.plan import Plan, Severity
from gateway.core.routing.inhibition import InhibitRule
from gateway.core.routing.match import Route, walk
from gateway.core.routing.mutes import TimeInterval
from gateway.core.routing.tree import GROUP_BY_ALL
from gateway.core.time.interval_parse import MONTHS, WEEKDAYS
from gateway.core.time.timestamps import format_duration

LAST_DAY = 31


def alertmanager_text(plan: Plan) -> str:
    """Return the text of the file. It holds no address and no secret."""
    rules = [_inhibit_rule(rule) for rule in plan.inhibit_rules]
    intervals = [
        {"name": name, "time_intervals": [_interval(one) for one in several]}
        for name, several in plan.time_intervals.items()
    ]
    tree = {
        "global": {"resolve_timeout": format_duration(plan.resolve_timeout)},
        "route": _route(plan.root, everything=True),
        "inhibit_rules": rules,
        "receivers": [{"name": name} for name in plan.receivers],
        "templates": [],
        "time_intervals": intervals,
    }
    # All but ASCII is escaped: left alone, U+0085 in a label's value would begin a new line.
    comments = [f"# {line}\n".encode("ascii", "backslashreplace") for line in _comments(plan)]
    return b"".join(comments).decode() + yaml.safe_dump(
        tree, sort_keys=False, allow_unicode=False, width=1000, default_flow_style=False
    )


def _route(route: Route, *, everything: bool = False) -> dict[str, Any]:
    """Return the options that a route sets itself; for the root all options."""
    fields: dict[str, Any] = {}

    def is_written(option: str) -> bool:
        return everything or option in route.own

    if is_written("receiver"):
        fields["receiver"] = route.receiver
    if is_written("group_by"):
        fields["group_by"] = [GROUP_BY_ALL] if route.group_by_all else list(route.group_by)
    if route.matchers:
        fields["matchers"] = [str(matcher) for matcher in route.matchers]
    for option in ("mute_time_intervals", "active_time_intervals"):
        if names := getattr(route, option):
            fields[option] = list(names)
    fields["continue"] = route.continue_
    for option in OPTIONS:
        if is_written(option):
            fields[option] = format_duration(getattr(route, option))
    if route.children:
        fields["routes"] = [_route(child) for child in route.children]
    return fields


def _inhibit_rule(rule: InhibitRule) -> dict[str, Any]:
    # Alertmanager compares labels of one name only: a pair of two names cannot be written in it.
    return {
        "source_matchers": [str(matcher) for matcher in rule.source],
        "target_matchers": [str(matcher) for matcher in rule.target],
        "equal": [source for source, target in rule.equal if source == target],
    }


def _interval(one: TimeInterval) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "times": [{"start_time": _clock(a), "end_time": _clock(b)} for a, b in one.times],
        "weekdays": [_span(WEEKDAYS[a], WEEKDAYS[b]) for a, b in one.weekdays],
        "days_of_month": [days for a, b in one.days_of_month if (days := _days(a, b))],
        "months": [_span(MONTHS[a - 1], MONTHS[b - 1]) for a, b in one.months],
        "years": [_span(str(a), str(b)) for a, b in one.years],
    }
    fields = {field: values for field, values in fields.items() if values}
    if one.location != "UTC":
        fields["location"] = one.location
    return fields


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _span(first: str, last: str) -> str:
    return first if first == last else f"{first}:{last}"


def _days(first: int, last: int) -> str:
    """Return a range of days; empty where Alertmanager cannot express it.

    A first day counted from the month's beginning cannot stand before a last one counted from its
    end. The month's last day can be written as the 31st.
    """
    if first > 0 > last:
        return _span(str(first), str(LAST_DAY)) if last == -1 else ""
    return _span(str(first), str(last))


def _comments(plan: Plan) -> Iterator[str]:
    yield f"routes.yaml {plan.digest}, without what alertmanager.yml cannot express."
    for severity in plan.severities.values():
        if intervals := _intervals_of(severity):
            condition = f"unless a route sets its own, {plan.severity_label}="
            yield f"severities: {condition}{severity.name!r} has {intervals}"
    for route in walk(plan.root):
        if route.labels:
            yield f"route {route.id!r} adds labels: {_pairs(route.labels)}"
    for name, several in plan.time_intervals.items():
        for one in several:
            if omitted_days := [f"{a}:{b}" for a, b in one.days_of_month if not _days(a, b)]:
                yield f"time interval {name!r} has days_of_month {', '.join(omitted_days)}, too"


def _intervals_of(severity: Severity) -> str:
    values = {option: getattr(severity, option) for option in OPTIONS}
    return ", ".join(
        f"{option} {format_duration(value)}"
        for option, value in values.items()
        if value is not None
    )


def _pairs(labels: Mapping[str, str]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in labels.items())
