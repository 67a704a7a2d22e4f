r"""Reading matchers from text, with Alertmanager's two parsers.

The present one accepts any UTF-8, quoted or not: ``{"my label"=~"a.*", b!=c}``. The classic one
(before Alertmanager 0.27) accepts ASCII names only, but is lax about unquoted values. By default
`parse_matchers` does what Alertmanager does: the present parser; the classic one where that fails;
and the classic reading where the two differ.
"""

import re
from collections.abc import Callable
from typing import Literal, TypeVar

from gateway.core.matching.matcher import OPERATORS, RESERVED, SPACES, Matcher, MatcherError
from gateway.core.matching.parse_classic import HELP, classic_matcher, classic_matchers

Mode = Literal["fallback", "utf8", "classic"]
_Read = TypeVar("_Read", Matcher, tuple[Matcher, ...])

_BARE = re.compile("[^" + re.escape("".join(sorted(RESERVED))) + "]+")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_GO_ESCAPE = re.compile(
    r"\\(?:([abfnrtv\\\"])|x([0-9a-fA-F]{2})|([0-7]{3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))"
)
_GO_NAMED = {
    "a": 7, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11, "\\": 92, '"': 34,
}  # fmt: skip


def parse_matchers(text: str, mode: Mode = "fallback") -> tuple[Matcher, ...]:
    """Read any number of matchers, with or without braces. Raises MatcherError."""
    return _in_mode(text, mode, _utf8_matchers, classic_matchers)


def parse_matcher(text: str, mode: Mode = "fallback") -> Matcher:
    """Read exactly one matcher. Raises MatcherError.

    In fallback mode without braces, as Alertmanager has it.
    """
    if mode == "fallback" and (text.startswith("{") or text.endswith("}")):
        raise MatcherError(f"{text!r} is one matcher and takes no braces: {HELP}")
    return _in_mode(text, mode, _utf8_matcher, classic_matcher)


def _in_mode(
    text: str, mode: Mode, utf8: Callable[[str], _Read], classic: Callable[[str], _Read]
) -> _Read:
    if mode == "utf8":
        return utf8(text)
    if mode == "classic":
        return classic(text)
    try:
        modern = utf8(text)
    except MatcherError as utf8_error:
        try:
            return classic(text)
        except MatcherError:
            raise utf8_error from None
    try:
        return classic(text)
    except MatcherError:
        return modern


def _utf8_matcher(text: str) -> Matcher:
    matchers = _utf8_matchers(text)
    if len(matchers) != 1:
        raise MatcherError(f"{text!r} has {len(matchers)} matchers where one belongs: {HELP}")
    return matchers[0]


def _utf8_matchers(text: str) -> tuple[Matcher, ...]:
    tokens = _Tokens(text)
    matchers: list[Matcher] = []
    braces = tokens.take("{") is not None
    if not (tokens.at("}") or tokens.at("end")):
        while True:
            name = tokens.expect("a label name", "quoted", "bare")
            if not name:
                raise tokens.error("a label name cannot be empty")
            op = tokens.expect("an operator (=, !=, =~ or !~)", *OPERATORS)
            value = tokens.expect("a value", "bare", "quoted")
            matchers.append(Matcher(name, op, value))
            if tokens.take(",") is None or tokens.at("}") or tokens.at("end"):
                break
    if braces:
        tokens.expect("a comma or a closing brace" if matchers else "a closing brace", "}")
    elif tokens.at("}"):
        raise tokens.error("a closing brace without an opening one")
    tokens.expect("a comma" if matchers and not braces else "nothing more", "end")
    return tuple(matchers)


class _Tokens:
    """The tokens of the present syntax, read one at a time; the last is of kind ``end``."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._end = 0
        self._next()

    def at(self, kind: str) -> bool:
        return self._kind == kind

    def take(self, *kinds: str) -> str | None:
        """Return the text of a token of one of `kinds` and advance, else None."""
        if self._kind not in kinds:
            return None
        token_text = (
            self._unquoted() if self._kind == "quoted" else self._text[self._start : self._end]
        )
        self._next()
        return token_text

    def expect(self, expectation: str, *kinds: str) -> str:
        """Return the token like `take`; raise an error when `expectation` is not there."""
        token_text = self.take(*kinds)
        if token_text is None:
            token = self._text[self._start : self._end]
            raise self.error(
                f"{token!r} where {expectation} belongs" if token else f"{expectation} is missing"
            )
        return token_text

    def error(self, expectation: str) -> MatcherError:
        return MatcherError(f"{self._text!r}, column {self._start + 1}: {expectation}; {HELP}")

    def _next(self) -> None:
        text, start = self._text, self._end
        while start < len(text) and text[start] in SPACES:
            start += 1
        self._start = self._end = start
        if start == len(text):
            self._kind = "end"
            return
        for kind in ("{", "}", ",", "=~", "!=", "!~", "="):
            if text.startswith(kind, start):
                self._kind, self._end = kind, start + len(kind)
                return
        self._kind = "quoted" if text[start] == '"' else "bare"
        match = (_QUOTED if self._kind == "quoted" else _BARE).match(text, start)
        if match is None:
            raise self.error(
                "the closing quote is missing"
                if self._kind == "quoted"
                else f"{text[start]!r} must be in double quotes"
            )
        self._end = match.end()

    def _unquoted(self) -> str:
        """Return what Go's strconv.Unquote makes of the quoted token."""
        body = self._text[self._start + 1 : self._end - 1]
        if "\n" in body:
            raise self.error(r"a quoted text cannot go over the line: write \n")
        if "\\" not in body:
            return body
        out, at = bytearray(), 0
        try:
            while (slash := body.find("\\", at)) >= 0:
                out += body[at:slash].encode()
                match = _GO_ESCAPE.match(body, slash)
                if match is None:
                    raise self.error(
                        f"{body[slash : slash + 2]!r} is no escape: for a backslash itself "
                        r"write \\"
                    )
                letter, hexadecimal, octal, short, long = match.groups()
                if letter:
                    out.append(_GO_NAMED[letter])
                elif hexadecimal or octal:
                    out.append(int(hexadecimal, 16) if hexadecimal else int(octal, 8))
                else:
                    out += chr(int(short or long, 16)).encode()
                at = match.end()
            return (out + body[at:].encode()).decode()
        except UnicodeError:
            raise self.error("the quoted text is not UTF-8") from None
        except (ValueError, OverflowError) as error:
            if isinstance(error, MatcherError):
                raise
            raise self.error("an escape is out of range") from None
