"""The matchers of a silence for an incident, present and future alerts included."""

from collections.abc import Mapping

from gateway.core.matching.matcher import Matcher
from gateway.core.routing.match import Route


def incident_matchers(
    root: Route, route_id: str, group_labels: Mapping[str, str]
) -> tuple[Matcher, ...]:
    """Return the conditions of the incident's route, and the labels of its group.

    So a silence does not cover another team's alert of the same name. A condition on a label of the
    group adds nothing and is omitted. If the route no longer exists, only the group counts. Empty
    when the group is one for all alerts at the root, because nothing distinguishes those.
    """
    path = _path_to(root, route_id)
    conditions = dict.fromkeys(matcher for route in path for matcher in route.matchers)
    return (
        *(one for one in conditions if one.name not in group_labels),
        *(Matcher(name, "=", value) for name, value in sorted(group_labels.items())),
    )


def _path_to(route: Route, route_id: str) -> tuple[Route, ...]:
    """Return the routes from `route` down to the one of the id; empty without it."""
    if route.id == route_id:
        return (route,)
    for child in route.children:
        below = _path_to(child, route_id)
        if below:
            return (route, *below)
    return ()
