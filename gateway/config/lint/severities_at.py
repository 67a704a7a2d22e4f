"""The severities of the alerts that end at a route."""

from collections.abc import Iterator

from gateway.core.plan.plan import UNKNOWN_RANK, Plan, Severity
from gateway.core.routing.match import Route
from gateway.core.routing.paths import may_end_at

OTHER = Severity("other", UNKNOWN_RANK)
"""Stands for the alerts whose severity the file does not declare."""


def severities_at(plan: Plan, path: tuple[Route, ...]) -> Iterator[Severity]:
    """Yield the severities whose alerts may end at the last route of the path.

    OTHER is among them unless the routes select severities.
    """
    for severity in (*plan.severities.values(), OTHER):
        if may_end_at(path, plan.severity_label, severity.name):
            yield severity
