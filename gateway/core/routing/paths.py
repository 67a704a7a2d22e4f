"""Paths through the routing tree, and which alerts may end at them."""

from collections.abc import Iterator
from itertools import pairwise

from gateway.core.matching.matcher import Matcher
from gateway.core.routing.tree import Route

Path = tuple[Route, ...]


def paths(root: Route) -> Iterator[Path]:
    """Yield every route with those above it, in the order of the file."""
    return _below((root,))


def _below(path: Path) -> Iterator[Path]:
    yield path
    for child in path[-1].children:
        yield from _below((*path, child))


def may_end_at(path: Path, label: str, value: str | None) -> bool:
    """Return whether some alert with this label may end at the last route of the path.

    None is any value. An alert stays unless a route certainly matches all of them: other labels are
    not guessed.
    """
    conditions = {matcher for route in path for matcher in route.matchers}

    def fits(matcher: Matcher) -> bool:
        return value is not None and matcher.name == label and matcher.matches_value(value)

    def takes_all(other: Route) -> bool:
        return all(matcher in conditions or fits(matcher) for matcher in other.matchers)

    if value is not None and any(one.name == label and not fits(one) for one in conditions):
        return False
    for parent, child in pairwise(path):
        earlier = parent.children[: parent.children.index(child)]
        if any(takes_all(one) and not one.continue_ for one in earlier):
            return False
    return not any(takes_all(one) for one in path[-1].children)
