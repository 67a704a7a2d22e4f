"""Lint warnings for valid configuration that is probably a mistake."""

from collections.abc import Mapping
from datetime import datetime

from gateway.config.build.routing import routes_in_order
from gateway.config.grammar.parsed import ParsedSection
from gateway.config.lint.accounts import (
    warn_callbacks_without_lookups,
    warn_inbound_without_callbacks,
    warn_several_channels,
    warn_unused_accounts,
)
from gateway.config.lint.drills import warn_drills
from gateway.config.lint.empty_receivers import (
    warn_fallback_without_targets,
    warn_receivers_without_targets,
)
from gateway.config.lint.escalation_gaps import warn_steps_that_leave_gaps
from gateway.config.lint.escalations import references_of, warn_escalations
from gateway.config.lint.heartbeats import warn_heartbeats
from gateway.config.lint.label_targets import warn_ungrouped_labels
from gateway.config.lint.response_times import warn_short_waits
from gateway.config.lint.shadowed import (
    warn_always_muted,
    warn_hidden_layers,
    warn_unreachable_routes,
)
from gateway.config.lint.teams import warn_teams
from gateway.config.lint.usergroups import warn_members_without_slack
from gateway.config.lint.watchdogs import warn_watchdog_routes
from gateway.config.source.problem import Findings, SourcePosition, shorten
from gateway.core.matching.matcher import Matcher
from gateway.core.oncall.rota import gaps
from gateway.core.oncall.without_effect import idle_overrides
from gateway.core.plan.plan import Plan
from gateway.core.plan.references import ReferenceKind
from gateway.core.routing.match import walk
from gateway.core.routing.mutes import never_matches
from gateway.core.text.nearest import nearest
from gateway.core.time.timestamps import format_duration
from gateway.core.time.wallclock import load_zone, wall_time

GAP_SEARCH_SECONDS = 4 * 7 * 86400.0
"""How far ahead rotas are searched for gaps, in seconds."""


_WRONG_QUOTES = "'`\u2018\u2019\u201c\u201d\u201e"
"""What people and their programs put around a value, and matchers treat as a part of it."""


def add_lint_warnings(
    file: ParsedSection, plan: Plan, now: float | None, findings: Findings
) -> None:
    """Add all warnings about a valid plan; those about time only when `now` is known.

    `now` is in unix seconds.
    """
    plan_routes = walk(plan.root)
    file_routes = routes_in_order(file.get("route"))
    routes = {route.id: entry for route, entry in zip(plan_routes, file_routes, strict=True)}
    warn_unreachable_routes(plan, routes, findings)
    _warn_undeclared_severities(plan, routes, findings)
    _warn_slips_in_matchers(file, plan, routes, findings)
    warn_receivers_without_targets(plan, routes, findings)
    warn_fallback_without_targets(plan, routes, findings)
    _warn_unused(file, plan, findings)
    warn_unused_accounts(file, plan, findings)
    warn_several_channels(file, plan, findings)
    warn_callbacks_without_lookups(file, findings)
    warn_inbound_without_callbacks(file, findings)
    warn_watchdog_routes(file, plan, findings)
    warn_heartbeats(file, plan, findings)
    warn_drills(file, plan, findings)
    warn_teams(file, plan, routes, findings)
    _warn_fallback_loops(file, plan, findings)
    _warn_intervals(file, plan, findings)
    warn_escalations(file, plan, findings)
    warn_short_waits(file, plan, routes, findings)
    _warn_idle_overrides(file, plan, findings)
    warn_hidden_layers(file, plan, findings)
    warn_ungrouped_labels(plan, routes, findings)
    warn_members_without_slack(file, plan, findings)
    if now is not None:
        warn_always_muted(plan, routes, now, findings)
        _warn_gaps(file, plan, now, findings)
        warn_steps_that_leave_gaps(file, plan, now, findings)


def _warn_undeclared_severities(
    plan: Plan, routes: Mapping[str, ParsedSection], findings: Findings
) -> None:
    if not plan.severities:
        return
    for route in walk(plan.root):
        for matcher in route.matchers:
            if matcher.name != plan.severity_label or matcher.op not in ("=", "=~"):
                continue
            if _slip(matcher):
                continue  # reported already
            if any(map(matcher.matches_value, (*plan.severities, ""))):
                continue
            near = nearest(matcher.value, plan.severities) if matcher.op == "=" else None
            message = f"{matcher}: no such severity is declared"
            position = routes[route.id].position_of("matchers")
            findings.warn(position, message, text=str(matcher), suggestion=near)


def _warn_slips_in_matchers(
    file: ParsedSection, plan: Plan, routes: Mapping[str, ParsedSection], findings: Findings
) -> None:
    """Warn of values that look like patterns: `team="a|b"` is one team of that name."""
    matchers: list[tuple[SourcePosition, Matcher]] = []
    for route in walk(plan.root):
        matchers += [(routes[route.id].position_of("matchers"), one) for one in route.matchers]
    for item, rule in zip(file.list_of("inhibit_rules"), plan.inhibit_rules, strict=True):
        matchers += [(item.value.position_of("source_matchers"), one) for one in rule.source]
        matchers += [(item.value.position_of("target_matchers"), one) for one in rule.target]
    for team, item in zip(plan.teams.values(), file.map_of("teams").values(), strict=True):
        matchers += [(item.value.position_of("matchers"), one) for one in team.matchers]
    for position, matcher in matchers:
        if message := _slip(matcher):
            findings.warn(position, f"{matcher}: {message}", text=str(matcher))


def _slip(matcher: Matcher) -> str:
    """Return what a value that no label has probably means; empty when nothing is odd."""
    value = matcher.value
    if len(value) > 1 and value[0] in _WRONG_QUOTES and value[-1] in _WRONG_QUOTES:
        return f'{value[0]} and {value[-1]} are part of the value; write " around it'
    if matcher.op in ("=", "!=") and (
        value[:1] in ("=", "~") or any(sign in value for sign in ("|", ".*", ".+"))
    ):
        pattern = "=~" if matcher.op == "=" else "!~"
        return f"{matcher.op} takes the text as it stands; write {pattern} for a pattern"
    return ""


def _warn_unused(file: ParsedSection, plan: Plan, findings: Findings) -> None:
    used_names = {route.receiver for route in walk(plan.root)}
    used_names |= {one.fallback for one in plan.receivers.values() if one.fallback}
    used_names |= {one.announce for one in plan.on_call_news.values() if one.announce}
    used_names |= {name for kind, name in references_of(plan) if kind is ReferenceKind.RECEIVER}
    used_names |= {one.announce for one in plan.teams.values() if one.announce}
    for item in file.list_of("receivers"):
        name = item.value.get("name")
        if name not in used_names:
            position = item.value.position_of("name")
            findings.warn(position, f'receiver "{shorten(name)}" is used by no route', text=name)
    used_escalations = {one.escalate for one in plan.receivers.values()}
    for name, item in file.map_of("escalations").items():
        if name not in used_escalations:
            findings.warn(item.position, f'escalation "{shorten(name)}" is used by no receiver')


def _warn_fallback_loops(file: ParsedSection, plan: Plan, findings: Findings) -> None:
    reported: set[str] = set()
    for item in file.list_of("receivers"):
        path: list[str] = [item.value.get("name")]
        while (following := plan.receivers[path[-1]].fallback) is not None:
            if following in path:
                break
            path.append(following)
        if following is not None and following == path[0] and not reported.intersection(path):
            reported.update(path)
            message = f"fallback: goes round in a circle: {' → '.join([*path, following])}"
            findings.warn(item.value.position_of("fallback"), message)


def _warn_intervals(file: ParsedSection, plan: Plan, findings: Findings) -> None:
    used_names = {
        name
        for route in walk(plan.root)
        for name in (*route.mute_time_intervals, *route.active_time_intervals)
    } | {
        name
        for escalation in plan.escalations.values()
        for step in escalation.steps
        if step.when
        for name in (*step.when.time_intervals, *step.when.outside_time_intervals)
    }
    for item in (*file.list_of("time_intervals"), *file.list_of("mute_time_intervals")):
        name = item.value.get("name")
        parts = item.value.list_of("time_intervals")
        if name not in used_names:
            position = item.value.position_of("name")
            findings.warn(
                position,
                f'time interval "{shorten(name)}" is used by no route and no escalation step',
                text=name,
            )
        if not parts:
            findings.warn(
                item.position, f'time interval "{shorten(name)}" is empty: it never matches'
            )
        for part, interval in zip(parts, plan.time_intervals[name], strict=True):
            if never_matches(interval):
                findings.warn(
                    part.position, f'part of time interval "{shorten(name)}" never matches'
                )


def _warn_idle_overrides(file: ParsedSection, plan: Plan, findings: Findings) -> None:
    for name, item in file.map_of("rotas").items():
        overrides = item.value.list_of("overrides")
        for at in idle_overrides(plan.rotas[name]):
            findings.warn(overrides[at].position, "this override changes nothing")


def _warn_gaps(file: ParsedSection, plan: Plan, now: float, findings: Findings) -> None:
    paged_rotas = {name for kind, name in references_of(plan) if kind is ReferenceKind.ROTA}
    for name, item in file.map_of("rotas").items():
        if name not in paged_rotas:
            continue
        rota = plan.rotas[name]
        if rota.gaps_allowed:
            continue
        gap_list = gaps(rota, now, now + GAP_SEARCH_SECONDS)
        if not gap_list:
            continue
        zone = load_zone(rota.zone)
        first = " to ".join(_format(wall_time(t, zone)) for t in gap_list[0])
        missing = format_duration(round(sum(end - start for start, end in gap_list) / 60) * 60)
        message = (
            f'rota "{shorten(name)}": nobody is on call for {missing} of the next 4 weeks, '
            f"first {first} ({rota.zone}), and an escalation pages it; gaps: allowed says that "
            "this is meant"
        )
        findings.warn(item.position, message)


def _format(moment: datetime) -> str:
    return f"{moment:%a %Y-%m-%d %H:%M}"
