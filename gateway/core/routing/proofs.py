"""Routes that no alert can reach, proven from matchers of routes around them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gateway.core.matching.matcher import Matcher
from gateway.core.matching.proofs import implies, is_contradiction
from gateway.core.routing.tree import Route

_MOST_COMPARED = 100_000
"""Conditions of siblings that are compared, to bound the time of a check of huge files: most of
them cost some microseconds. Beyond it only routes with the same conditions are found."""

_ByLabel = Mapping[str, Sequence[Matcher]]


@dataclass(frozen=True, slots=True)
class UnreachableRoute:
    """A route that can never match, and everything below it.

    `earlier` is the sibling that takes all of its alerts first. Where it is None, `clash` holds
    the matchers on the way to the route that no label set fulfils together.
    """

    route: Route
    earlier: Route | None
    clash: tuple[Matcher, ...] = ()


def unreachable_routes(root: Route) -> list[UnreachableRoute]:
    """Return the routes that provably never match, in the order of the file.

    Values with line breaks are left out of account, as in `pattern_syntax`. Siblings that match all
    alerts only together are not considered.
    """
    return _Search().below(root, ())


class _Search:
    """One walk through a tree, with a budget of proofs."""

    def __init__(self) -> None:
        self._left = _MOST_COMPARED

    def below(self, parent: Route, path: tuple[Matcher, ...]) -> list[UnreachableRoute]:
        """Search the routes below a parent; its alerts fulfil the matchers `path`."""
        unreachable: list[UnreachableRoute] = []
        earlier = _Siblings()
        for route in parent.children:
            by_label = _by_label((*path, *route.matchers))
            one = self._contradiction(route, by_label) or self._find_cover(route, by_label, earlier)
            unreachable += [one] if one else self.below(route, (*path, *route.matchers))
            if not route.continue_:
                earlier.add(route)
        return unreachable

    def _contradiction(self, route: Route, by_label: _ByLabel) -> UnreachableRoute | None:
        for name in dict.fromkeys(matcher.name for matcher in route.matchers):
            if len(by_label[name]) > 1 and is_contradiction(by_label[name]):
                return UnreachableRoute(route, None, tuple(by_label[name]))
        return None

    def _find_cover(
        self, route: Route, by_label: _ByLabel, earlier: "_Siblings"
    ) -> UnreachableRoute | None:
        for sibling in earlier.candidates(by_label, use_proofs=self._left > 0):
            if self._covers(sibling, by_label):
                return UnreachableRoute(route, sibling)
        return None

    def _covers(self, sibling: Route, by_label: _ByLabel) -> bool:
        for matcher in sibling.matchers:
            self._left -= 1
            conditions = by_label.get(matcher.name, ())
            if matcher in conditions:
                continue
            if self._left < 0 or not implies(conditions, matcher):
                return False
        return True


class _Siblings:
    """Earlier routes without `continue`, indexed by conditions of routes they cover.

    One that asks for a label covers only routes that ask for that label as well. Thousands of
    siblings are common, and most ask for one value each.
    """

    def __init__(self) -> None:
        self._routes: list[Route] = []
        self._without: list[int] = []  # by number: those without matchers
        self._anywhere: list[int] = []  # those that an alert without any label fulfils
        self._by_label: dict[str, list[int]] = defaultdict(list)
        self._by_matcher: dict[Matcher, list[int]] = defaultdict(list)

    def add(self, route: Route) -> None:
        number = len(self._routes)
        self._routes.append(route)
        if not route.matchers:
            self._without.append(number)
            return
        needed = [one for one in route.matchers if not one.matches_value("")]
        first = next((one for one in needed if one.op == "="), (needed or route.matchers)[0])
        self._by_matcher[first].append(number)
        if not needed:
            self._anywhere.append(number)
        elif first.op != "=":
            self._by_label[first.name].append(number)

    def candidates(self, by_label: _ByLabel, *, use_proofs: bool) -> Iterable[Route]:
        """Return the routes that may cover, in order; without proofs only obvious ones."""
        numbers = set(self._without)
        for name, matchers in by_label.items():
            for matcher in matchers:
                numbers.update(self._by_matcher.get(matcher, ()))
                if matcher.op == "=~":  # a pattern may be one plain value
                    same = Matcher(name, "=", matcher.value)
                    numbers.update(self._by_matcher.get(same, ()))
            if use_proofs:
                numbers.update(self._by_label.get(name, ()))
        if use_proofs:
            numbers.update(self._anywhere)
        return [self._routes[number] for number in sorted(numbers)]


def _by_label(matchers: Iterable[Matcher]) -> _ByLabel:
    result: dict[str, list[Matcher]] = {}
    for matcher in matchers:
        of_label = result.setdefault(matcher.name, [])
        if matcher not in of_label:
            of_label.append(matcher)
    return result
