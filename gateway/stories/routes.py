"""Where the alerts of a test go, compared with what is expected. Pure."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gateway.core.alerts.labels import identity
from gateway.core.decide.route_preview import MatchedRoute, RoutePreview, preview_route
from gateway.core.plan.plan import Plan
from gateway.core.routing.inhibition import find_inhibitor
from gateway.core.time.timestamps import format_duration
from gateway.stories.compare import Difference
from gateway.stories.story import Labels, RouteTest

NO_TEAM = "none"


def route_differences(plan: Plan, tests: Sequence[RouteTest], at: float) -> list[Difference]:
    """Return where alerts that fire together at an instant do not go as expected."""
    differing = []
    for test in tests:
        preview = preview_route(plan, test.alert.labels, at)
        others = [one.alert.labels for one in tests]
        for key, expected in test.expected.items():
            actual = _ACTUAL[key](plan, preview, others)
            if actual != expected:
                text = f"{key}: expected {_text(key, expected)}, but it is {_text(key, actual)}"
                differing.append(Difference(at, test.line, text))
    return differing


def is_inhibited(plan: Plan, labels: Labels, others: Sequence[Labels]) -> bool:
    """Return whether one of the others inhibits an alert."""
    sources = [one for one in others if identity(one) != identity(labels)]
    return find_inhibitor(plan.inhibit_rules, labels, sources) is not None


def _first(preview: RoutePreview) -> MatchedRoute:
    return preview.matches[0]


def _team(plan: Plan, preview: RoutePreview) -> str:
    return plan.team_of(preview.labels) or NO_TEAM


_ACTUAL: Mapping[str, Callable[[Plan, RoutePreview, Sequence[Labels]], Any]] = {
    "receivers": lambda plan, preview, others: [one.receiver.name for one in preview.matches],
    "muted": lambda plan, preview, others: all(one.muted for one in preview.matches),
    "inhibited": lambda plan, preview, others: is_inhibited(plan, preview.labels, others),
    "severity": lambda plan, preview, others: preview.severity.name,
    "team": lambda plan, preview, others: _team(plan, preview),
    "group_wait": lambda plan, preview, others: _first(preview).timing.group_wait,
    "group_interval": lambda plan, preview, others: _first(preview).timing.group_interval,
    "repeat_interval": lambda plan, preview, others: _first(preview).timing.repeat_interval,
}


def _text(key: str, value: Any) -> str:
    if key.endswith(("_wait", "_interval")):
        return format_duration(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) or "none" if isinstance(value, list) else str(value)
