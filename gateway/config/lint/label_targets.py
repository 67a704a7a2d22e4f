"""Warnings about targets by labels whose label differs within a group."""

from collections.abc import Mapping

from gateway.config.grammar.parsed import ParsedSection
from gateway.config.source.problem import Findings, shorten
from gateway.core.plan.plan import Plan
from gateway.core.routing.paths import Path, paths


def warn_ungrouped_labels(
    plan: Plan, routes: Mapping[str, ParsedSection], findings: Findings
) -> None:
    """Warn of routes that do not group by a label on which their receiver's targets depend.

    Alerts with different values then share a group, and the group has no value. Each receiver is
    reported once, at the first such route. `routes` are the file's, by the ids of the plan's.
    """
    warned: set[str] = set()
    for path in paths(plan.root):
        route = path[-1]
        receiver = plan.receivers[route.receiver]
        if receiver.name in warned or route.group_by_all:
            continue
        labels = [name for one in receiver.by_label for name in one.labels]
        ungrouped = [name for name in labels if not _is_fixed(path, name)]
        if ungrouped:
            warned.add(receiver.name)
            message = (
                f'receiver "{shorten(receiver.name)}" has a target by the label '
                f'"{shorten(ungrouped[0])}", and this route does not group by it: alerts with '
                "different values share a group, which goes to the target under `otherwise`; add "
                "it to group_by"
            )
            position = routes[route.origins["receiver"]].position_of("receiver")
            findings.warn(position, message, text=receiver.name)


def _is_fixed(path: Path, label: str) -> bool:
    """Return whether all alerts of a group of the last route have one value of the label."""
    matchers = (matcher for route in path for matcher in route.matchers)
    return label in path[-1].group_by or any(
        matcher.name == label and matcher.op == "=" for matcher in matchers
    )
