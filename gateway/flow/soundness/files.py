"""The files that `gateway soundness` reads: rules of Prometheus, and dashboards of Grafana."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any

from gateway.config.source.alert_rules import AlertRule, read_alert_rules
from gateway.config.source.problem import Findings
from gateway.config.source.regular_file import read_regular
from gateway.core.plan.plan import Plan
from gateway.core.soundness.facts import DashboardFacts

MOST_FILES = 500
"""Files that one pattern may match. Higher: a wrong pattern reads a disk."""

_OWNER = "owner:"


def read_rules(folder: PurePath, names: Sequence[str]) -> tuple[list[AlertRule], list[str]]:
    """Return the alerts of rule files, and what is wrong with files, in sentences."""
    rules: list[AlertRule] = []
    problems: list[str] = []
    for file in _files(folder, names, problems):
        findings = Findings(str(file))
        try:
            rules += read_alert_rules(file, findings)
        except (OSError, ValueError) as error:
            problems.append(f"{file}: the file cannot be read: {_reason(error)}")
        problems += map(str, findings.errors)
    return rules, problems


def read_dashboards(
    folder: PurePath, names: Sequence[str], plan: Plan
) -> tuple[list[DashboardFacts], list[str]]:
    """Return what the files of dashboards say, and which names match no file."""
    problems: list[str] = []
    return [_dashboard(file, plan) for file in _files(folder, names, problems)], problems


def _files(folder: PurePath, names: Iterable[str], problems: list[str]) -> Iterator[Path]:
    base = Path(folder)
    for name in names:
        if not any(mark in name for mark in "*?["):
            yield base / name
            continue
        try:
            matches = sorted(base.glob(name))[:MOST_FILES]
        except (NotImplementedError, ValueError):  # an absolute pattern
            matches = []
        if not matches:
            problems.append(f"{name}: no file matches, relative to {base}")
        yield from matches


def _dashboard(file: Path, plan: Plan) -> DashboardFacts:
    try:
        content = json.loads(read_regular(file))
    except OSError as error:
        return DashboardFacts(str(file), problem=f"it cannot be read: {_reason(error)}")
    except (ValueError, RecursionError):
        return DashboardFacts(str(file), problem="it is not JSON, or nested too deeply")
    if isinstance(content, Mapping) and isinstance(content.get("dashboard"), Mapping):
        content = content["dashboard"]  # as Grafana's API exports it
    if not isinstance(content, Mapping) or "panels" not in content:
        return DashboardFacts(str(file), problem="it is no dashboard of Grafana: it has no panels")
    panels = [one for one in _panels(content) if one.get("type") not in ("row", "text")]
    return DashboardFacts(
        str(file),
        str(content.get("title") or ""),
        _owner(content, plan),
        has_description=bool(content.get("description")),
        panels_without_description=tuple(
            str(one.get("title") or "a panel without a title")
            for one in panels
            if not one.get("description")
        ),
    )


def _panels(content: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    panels = content.get("panels")
    for panel in panels if isinstance(panels, list) else ():
        if isinstance(panel, Mapping):
            yield panel
            yield from _panels(panel)  # a row holds its own


def _owner(content: Mapping[str, Any], plan: Plan) -> str:
    """Return the team or person of the tag `owner:NAME`; empty if there is no such one."""
    tags = content.get("tags")
    names = (
        [str(tag).removeprefix(_OWNER) for tag in tags if str(tag).startswith(_OWNER)]
        if (isinstance(tags, list))
        else []
    )
    for name in names:
        if name in plan.teams:
            return plan.team_name(name)
        if name in plan.people:
            return plan.name_of(name)
    return ""


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or "its path is not valid"
