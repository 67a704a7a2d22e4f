"""Label sets that end in a given route, or nearly: samples for a routing tree."""

from collections.abc import Iterator, Sequence
from random import Random
from typing import NamedTuple

from gateway.core.matching.matcher import Matcher
from gateway.core.routing.match import Route
from gateway.importers.alertmanager.verify.samples import Samples


class RoutePath(NamedTuple):
    """A route, and the matchers from the root to it."""

    route: Route
    matchers: tuple[Matcher, ...]


def route_paths(route: Route, above: tuple[Matcher, ...] = ()) -> Iterator[RoutePath]:
    """Yield every route with the matchers from the root to it."""
    path = (*above, *route.matchers)
    yield RoutePath(route, path)
    for child in route.children:
        yield from route_paths(child, path)


def fulfilling_labels(path: Sequence[Matcher], samples: Samples) -> dict[str, str]:
    """Return labels that fulfil the matchers, where values for them were found."""
    labels: dict[str, str] = {}
    for matcher in path:
        if not matcher.matches(labels) and (value := samples.fulfilling(matcher)):
            labels[matcher.name] = value
    return labels


def mutate_labels(
    labels: dict[str, str], pool: Sequence[Matcher], samples: Samples, random: Random
) -> None:
    """Set, change or remove a few labels, or none."""
    for _ in range(random.choice((0, 0, 1, 1, 2, 4)) if pool else 0):
        matcher = random.choice(pool)
        value = samples.near(matcher)
        labels.pop(matcher.name, None)
        if value:
            labels[matcher.name] = value
