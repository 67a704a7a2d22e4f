"""Proofs about matchers for all values of a label: that one implies another.

Each condition becomes an automaton. The product of several is searched for a value that fulfils
all. Only proven facts are returned: beyond the syntax of `pattern_syntax`, or beyond the limits
below, the answer is "not proven".
"""

from collections import deque
from collections.abc import Iterable
from functools import lru_cache

from gateway.core.matching.matcher import Matcher
from gateway.core.matching.pattern_syntax import (
    Alternation,
    CharacterSet,
    Concatenation,
    Part,
    Repetition,
    UnprovableError,
    parse_pattern,
)

_MOST_STATES = 600
"""States of one automaton. Counted repetition multiplies them; a longer one is not proven."""

_MOST_PRODUCTS = 3000
"""States of one product that are searched. A proof that needs more is given up."""

_OTHER = "\u263a"
"""A character that patterns hardly mention, for those that none of them does."""

_States = frozenset[int]


def implies(premises: Iterable[Matcher], matcher: Matcher) -> bool:
    """Return whether all values that fulfil `premises` provably fulfil `matcher`.

    All are about one label; an absent label is the empty value. Without premises any value counts.
    """
    conditions = tuple(premises)
    if matcher in conditions:
        return True
    exact = next((one.value for one in conditions if one.op == "="), None)
    if exact is not None:
        return matcher.matches_value(exact)
    example = example_value(conditions)
    if example is not None and not matcher.matches_value(example):
        return False  # most are refuted by one value, which costs a hundredth of a proof
    return _no_value(conditions, matcher)


def is_contradiction(matchers: Iterable[Matcher]) -> bool:
    """Return whether provably no value fulfils all matchers, which are of one label."""
    conditions = tuple(matchers)
    exact = next((one.value for one in conditions if one.op == "="), None)
    if exact is not None:
        return not all(one.matches_value(exact) for one in conditions)
    return _no_value(conditions, None)


@lru_cache(maxsize=8192)
def _no_value(premises: tuple[Matcher, ...], refuted: Matcher | None) -> bool:
    """Return whether no value fulfils all of `premises` and not `refuted`.

    Premises beyond the syntax that is understood are omitted.
    """
    automata: list[_Automaton] = []
    expected: list[bool] = []
    try:
        if refuted is not None:
            automata.append(_automaton(refuted.op, refuted.value))
            expected.append(refuted.op in ("!=", "!~"))
    except UnprovableError:
        return False
    for matcher in premises:
        try:
            automata.append(_automaton(matcher.op, matcher.value))
        except UnprovableError:
            continue  # with one condition less more values are left: still a proof
        expected.append(matcher.op in ("=", "=~"))
    try:
        return bool(automata) and _accepted(automata, expected) is None
    except UnprovableError:
        return False


@lru_cache(maxsize=8192)
def example_value(premises: tuple[Matcher, ...]) -> str | None:
    """Return a short value that fulfils all of `premises`, None if none was found."""
    try:
        automata = [_automaton(one.op, one.value) for one in premises]
        value = _accepted(automata, [one.op in ("=", "=~") for one in premises])
    except UnprovableError:
        return None
    return (
        value if value is not None and all(one.matches_value(value) for one in premises) else None
    )


def _accepted(automata: "list[_Automaton]", expected: list[bool]) -> str | None:
    """Return the shortest text that exactly the expected automata accept, or None.

    Raises UnprovableError when the search takes too long.
    """
    alphabet = _alphabet(automata)
    start = tuple(one.closure({0}) for one in automata)
    visited_states = {start}
    waiting = deque([(start, "")])
    while waiting:
        states, text = waiting.popleft()
        accepted = [one.accept in at for one, at in zip(automata, states, strict=True)]
        if accepted == expected:
            return text
        for sign in alphabet:
            following = tuple(one.step(at, sign) for one, at in zip(automata, states, strict=True))
            if following not in visited_states:
                if len(visited_states) >= _MOST_PRODUCTS:
                    raise UnprovableError("the search takes too long")
                visited_states.add(following)
                waiting.append((following, text + (_OTHER if sign is None else sign)))
    return None


def _alphabet(automata: "list[_Automaton]") -> list[str | None]:
    """Return one character for each class that the automata distinguish."""
    classes = {signs for one in automata for moves in one.moves for signs, _ in moves}
    every: set[str | None] = {None}
    for signs in classes:
        every |= signs.signs
    by_signature: dict[tuple[bool, ...], str | None] = {}
    for sign in every:
        by_signature.setdefault(tuple(signs.contains(sign) for signs in classes), sign)
    return list(by_signature.values())


class _Automaton:
    """States from 0 to `accept`: free moves, and moves that take one character."""

    def __init__(self, part: Part) -> None:
        self._free: list[list[int]] = []
        self.moves: list[list[tuple[CharacterSet, int]]] = []
        self.accept = self._add(part, self._new_state())

    def closure(self, states: set[int]) -> _States:
        """Return the states reached without taking a character."""
        waiting = list(states)
        while waiting:
            for state in self._free[waiting.pop()]:
                if state not in states:
                    states.add(state)
                    waiting.append(state)
        return frozenset(states)

    def step(self, states: _States, sign: str | None) -> _States:
        """Return the states reached by taking a character."""
        moves = (move for state in states for move in self.moves[state])
        return self.closure({to for signs, to in moves if signs.contains(sign)})

    def _new_state(self) -> int:
        if len(self.moves) >= _MOST_STATES:
            raise UnprovableError("the pattern is too long")
        self._free.append([])
        self.moves.append([])
        return len(self.moves) - 1

    def _add(self, part: Part, start: int) -> int:
        """Add the states of a part that begins in `start`; return the state it ends in."""
        if isinstance(part, CharacterSet):
            end = self._new_state()
            self.moves[start].append((part, end))
            return end
        if isinstance(part, Concatenation):
            for one in part.parts:
                start = self._add(one, start)
            return start
        if isinstance(part, Alternation):
            end = self._new_state()
            for one in part.parts:
                begin = self._new_state()
                self._free[start].append(begin)
                self._free[self._add(one, begin)].append(end)
            return end
        return self._add_repeated(part, start)

    def _add_repeated(self, part: Repetition, start: int) -> int:
        for _ in range(part.least):
            start = self._add(part.part, start)
        end = self._new_state()
        if part.most is None:
            loop = self._new_state()
            self._free[start].append(loop)
            self._free[self._add(part.part, loop)].append(loop)
            self._free[loop].append(end)
            return end
        for _ in range(part.most - part.least):
            self._free[start].append(end)
            start = self._add(part.part, start)
        self._free[start].append(end)
        return end


@lru_cache(maxsize=4096)
def _automaton(op: str, value: str) -> _Automaton:
    """Return the automaton of the values that an operator without its negation takes."""
    if op in ("=~", "!~"):
        return _Automaton(parse_pattern(value))
    if "\n" in value:
        raise UnprovableError("the value has a line break")
    return _Automaton(Concatenation(tuple(CharacterSet(frozenset(sign)) for sign in value)))
