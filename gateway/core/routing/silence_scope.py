"""Which matchers silence an incident: what its alerts, and those that would join it, have."""

from collections.abc import Mapping

from gateway.core.matching.matcher import Matcher
from gateway.core.routing.match import Route


def incident_matchers(
    root: Route, route_id: str, group_labels: Mapping[str, str]
) -> tuple[Matcher, ...]:
    """The conditions on the way to the incident's route, and the labels of its group.

    So another team's alert of the same name is not silenced with it. A condition on a label that
    the group has says nothing more and is left out. Of a route that is no longer there only the
    group counts. Empty when the group is one for all alerts at the root: nothing tells those.
    """
    way = _way(root, route_id)
    conditions = dict.fromkeys(matcher for route in way for matcher in route.matchers)
    return (
        *(one for one in conditions if one.name not in group_labels),
        *(Matcher(name, "=", value) for name, value in sorted(group_labels.items())),
    )


def _way(route: Route, route_id: str) -> tuple[Route, ...]:
    """The routes from `route` down to that of the id, both included; empty without such one."""
    if route.id == route_id:
        return (route,)
    for child in route.children:
        below = _way(child, route_id)
        if below:
            return (route, *below)
    return ()
