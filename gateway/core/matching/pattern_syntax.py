r"""Label patterns as trees, for proofs about them: the part of RE2's syntax that people use.

Literals, ``.``, classes, groups, alternatives and repetition (RE2's page "Syntax"). Anything else,
such as ``(?i)``, ``\b`` or a pattern that names a line break, raises Unprovable, and nothing is
concluded. Values with line breaks are left out of account: ``.*`` stands for any value.
"""

import re
from dataclasses import dataclass

from gateway.core.errors import GatewayError

_WIDEST_RANGE = 512
"""Characters of one range in a class; a wider one is left unproven, to bound memory."""

_DEEPEST = 50
"""Groups inside of groups; a deeper one is left unproven, to bound recursion."""

_DIGITS = frozenset("0123456789")
_WORDS = _DIGITS | frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_")
_PERL = {"d": _DIGITS, "w": _WORDS, "s": frozenset("\t\f\r ")}
_COUNTED = re.compile(r"\{(\d{1,3})(,(\d{0,3}))?\}")
_GROUP = re.compile(r"\((\?:|\?P?<\w+>|(?!\?))")


class UnprovableError(GatewayError):
    """The pattern is beyond the syntax that is understood here, or too large."""


@dataclass(frozen=True, slots=True)
class CharacterSet:
    """One character: of those in `signs`, or of all others when `negated`."""

    signs: frozenset[str]
    negated: bool = False

    def contains(self, sign: str | None) -> bool:
        """Return whether a character is in the set; None is any that no pattern mentions."""
        return (sign in self.signs) != self.negated


@dataclass(frozen=True, slots=True)
class Concatenation:
    """Parts that follow one another."""

    parts: tuple["Part", ...]


@dataclass(frozen=True, slots=True)
class Alternation:
    """Parts, one of them present."""

    parts: tuple["Part", ...]


@dataclass(frozen=True, slots=True)
class Repetition:
    """A part, repeated `least` to `most` times; None is any number."""

    part: "Part"
    least: int
    most: int | None


Part = CharacterSet | Concatenation | Alternation | Repetition

ANY = CharacterSet(frozenset(), negated=True)


def parse_pattern(pattern: str) -> Part:
    """Return the tree of a pattern that must match the whole value.

    Raises UnprovableError.
    """
    if "\n" in pattern:
        raise UnprovableError("it names a line break")
    reader = _Reader(pattern)
    part = reader.alternatives(0)
    if reader.at < len(pattern):
        raise UnprovableError("a ) closes nothing")
    return part


class _Reader:
    """A recursive descent through one pattern."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self.at = 0

    def alternatives(self, depth: int) -> Part:
        parts = [self._sequence(depth)]
        while self._take("|"):
            parts.append(self._sequence(depth))
        return parts[0] if len(parts) == 1 else Alternation(tuple(parts))

    def _sequence(self, depth: int) -> Part:
        # The whole value is matched anyway: at the outermost edges ^ and $ say nothing.
        if depth == 0:
            self._take("^")
        parts: list[Part] = []
        while (sign := self._peek()) and sign not in "|)":
            if depth == 0 and sign == "$" and self._peek(1) in ("", "|"):
                self.at += 1
                break
            parts.append(self._repeated(self._atom(depth)))
        return Concatenation(tuple(parts))

    def _repeated(self, part: Part) -> Part:
        counted = _COUNTED.match(self._pattern, self.at)
        if counted is not None:
            self.at = counted.end()
            least = int(counted[1])
            more = int(counted[3]) if counted[3] else None
            return self._once(Repetition(part, least, more if counted[2] else least))
        if self._take("*"):
            return self._once(Repetition(part, 0, None))
        if self._take("+"):
            return self._once(Repetition(part, 1, None))
        if self._take("?"):
            return self._once(Repetition(part, 0, 1))
        return part

    def _once(self, part: Repetition) -> Part:
        self._take("?")  # a lazy repetition takes the same values
        if self._peek() and self._peek() in "*+?{":
            raise UnprovableError("a repetition is repeated")
        if part.most is not None and part.most < part.least:
            raise UnprovableError("a repetition counts backwards")
        return part

    def _atom(self, depth: int) -> Part:
        sign = self._peek()
        if sign == "(":
            return self._group(depth)
        self.at += 1
        if sign == ".":
            return ANY
        if sign == "[":
            return self._class()
        if sign == "\\":
            return self._escape()
        if sign in "*+?{}]^$":
            raise UnprovableError(f"{sign} stands where it means something special")
        return CharacterSet(frozenset(sign))

    def _group(self, depth: int) -> Part:
        opening = _GROUP.match(self._pattern, self.at)
        if opening is None or depth >= _DEEPEST:
            raise UnprovableError("a group with flags, or too deep")
        self.at = opening.end()
        part = self.alternatives(depth + 1)
        if not self._take(")"):
            raise UnprovableError("a ( is not closed")
        return part

    def _escape(self) -> CharacterSet:
        sign = self._peek()
        self.at += 1
        if sign.lower() in _PERL and sign:
            return CharacterSet(_PERL[sign.lower()], negated=sign.isupper())
        if not sign or not sign.isascii() or sign.isalnum():
            raise UnprovableError(f"\\{sign} is not understood")
        return CharacterSet(frozenset(sign))

    def _class(self) -> CharacterSet:
        negated = self._take("^")
        signs: set[str] = set()
        first = True
        while first or self._peek() != "]":
            one = self._in_class(first=first)
            first = False
            if self._peek() == "-" and self._peek(1) not in ("", "]"):
                self.at += 1
                last = self._in_class(first=False)
                if len(one) != 1 or len(last) != 1:
                    raise UnprovableError("a range of classes")
                low, high = ord(min(one)), ord(min(last))
                if not low <= high <= low + _WIDEST_RANGE:
                    raise UnprovableError("a range that is too wide, or backwards")
                one = set(map(chr, range(low, high + 1)))
            signs |= one
        self.at += 1
        return CharacterSet(frozenset(signs), negated)

    def _in_class(self, *, first: bool) -> set[str]:
        sign = self._peek()
        self.at += 1
        if not sign or (sign == "[" and self._peek() == ":"):
            raise UnprovableError("a class that is not closed, or a named one")
        if sign == "]" and not first:
            raise UnprovableError("a class that ends in a range")
        if sign != "\\":
            return {sign}
        characters = self._escape()
        if characters.negated:
            raise UnprovableError("a negated class in a class")
        return set(characters.signs)

    def _peek(self, ahead: int = 0) -> str:
        return self._pattern[self.at + ahead : self.at + ahead + 1]

    def _take(self, sign: str) -> bool:
        if self._peek() != sign:
            return False
        self.at += 1
        return True
