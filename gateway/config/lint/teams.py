"""Warnings about teams: groups of several teams' alerts, and teams that match nothing."""

from collections.abc import Iterator, Mapping, Sequence

from gateway.config.grammar.parsed import ParsedSection
from gateway.config.source.problem import Findings, SourcePosition, shorten
from gateway.core.plan.plan import Plan
from gateway.core.routing.match import Route
from gateway.core.routing.paths import paths


def warn_teams(
    file: ParsedSection, plan: Plan, routes: Mapping[str, ParsedSection], findings: Findings
) -> None:
    """Warn of teams that no incident can be decided by. `routes` are the file's, by route id."""
    _warn_hidden_teams(file, plan, findings)
    labels = {matcher.name: None for team in plan.teams.values() for matcher in team.matchers}
    reported: set[SourcePosition] = set()
    for path in paths(plan.root):
        missing = list(_undecided(path, labels))
        position = _position_of_group_by(path, routes)
        if not missing or position in reported:
            continue
        reported.add(position)
        names = ", ".join(shorten(name) for name in missing)
        message = (
            f"group_by lacks {names}, by which teams: match: one incident can hold alerts of "
            f"several teams, and counts for the team of its worst one; add {names} to group_by"
        )
        findings.warn(position, message)


def _position_of_group_by(
    path: Sequence[Route], routes: Mapping[str, ParsedSection]
) -> SourcePosition:
    """Return where the group_by of the last route is written: there, or at a route above."""
    for route in reversed(path):
        if "group_by" in routes[route.id]:
            return routes[route.id].position_of("group_by")
    return routes[path[-1].id].position


def _undecided(path: Sequence[Route], labels: Mapping[str, None]) -> Iterator[str]:
    """Yield the labels in which alerts of one group can differ."""
    route = path[-1]
    if route.group_by_all:
        return
    fixed = {one.name for part in path for one in part.matchers if one.op == "="}
    for name in labels:
        if name not in route.group_by and name not in fixed:
            yield name


def _warn_hidden_teams(file: ParsedSection, plan: Plan, findings: Findings) -> None:
    """Warn of teams below one without matchers, which matches every alert."""
    catch_all = ""
    for id_, team in plan.teams.items():
        if catch_all:
            position = file.map_of("teams")[id_].position
            message = f'team "{shorten(catch_all)}" above matches every alert: it gets no incident'
            findings.warn(position, message)
        elif not team.matchers:
            catch_all = id_
