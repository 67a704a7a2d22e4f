"""Label sets that end in a route, or nearly: questions to ask a tree."""

from collections.abc import Iterator, Sequence
from random import Random

from gateway.core.matching.matcher import Matcher
from gateway.core.routing.match import Route
from gateway.importers.alertmanager.verify.samples import Samples


def route_paths(
    route: Route, above: tuple[Matcher, ...] = ()
) -> Iterator[tuple[Route, tuple[Matcher, ...]]]:
    """Every route with the matchers on the way to it."""
    path = (*above, *route.matchers)
    yield route, path
    for child in route.children:
        yield from route_paths(child, path)


def fulfilling_labels(path: Sequence[Matcher], samples: Samples) -> dict[str, str]:
    """Labels that fulfil the matchers, as far as that was found out."""
    labels: dict[str, str] = {}
    for matcher in path:
        if not matcher.matches(labels) and (value := samples.fulfilling(matcher)):
            labels[matcher.name] = value
    return labels


def mutate_labels(
    labels: dict[str, str], pool: Sequence[Matcher], samples: Samples, random: Random
) -> None:
    """Set, change or take away a few labels, or none."""
    for _ in range(random.choice((0, 0, 1, 1, 2, 4)) if pool else 0):
        matcher = random.choice(pool)
        value = samples.near(matcher)
        labels.pop(matcher.name, None)
        if value:
            labels[matcher.name] = value
