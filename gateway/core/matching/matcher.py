"""One condition on a label, with Alertmanager's semantics: ``severity=~"critical|page"``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import re2

from gateway.core.alerts.labels import Labels, quote
from gateway.core.errors import GatewayError
from gateway.core.matching.pattern_cost import MEMORY, refusal

OPERATORS = ("=", "!=", "=~", "!~")

# Go's unicode.IsSpace, which is not Python's str.isspace (that accepts U+001C..U+001F too).
SPACES = frozenset(
    "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000"
    + "".join(map(chr, range(0x2000, 0x200B)))
)
RESERVED = SPACES | frozenset("{}!=~,\\\"'`")
"""What a label name or value must not contain unless it is quoted (Alertmanager's lexer)."""

_REMEMBERED_ANSWERS = 4096
_LONGEST_SHOWN = 1000  # characters of a pattern in an error

_HINTS = {
    "missing )": r"a ( is not closed; write \( for one that is meant",
    "unexpected )": r"a ) closes nothing; write \) for one that is meant",
    "missing ]": r"a [ is not closed; write \[ for one that is meant",
    "no argument for repetition": "there is nothing to repeat; any text is .*",
    "pattern too large": "use fewer or smaller repetitions, or write several matchers",
    "invalid perl operator": "RE2 cannot look ahead or behind; the operator !~ excludes",
}
"""What to write instead, by the beginnings of RE2's complaints."""


class MatcherError(GatewayError, ValueError):
    """A matcher that cannot be read: where, why, and what to write instead."""


@dataclass(frozen=True, slots=True)
class Matcher:
    """A label name, an operator of `OPERATORS`, and a value or RE2 pattern.

    A pattern must match the whole value, and its ``.`` no newline unless it says ``(?s)``, as
    in Alertmanager. Raises MatcherError for an unknown operator or a bad pattern.
    """

    name: str
    op: str
    value: str
    _test: Callable[[str], bool] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_test", _compile(self.op, self.value))

    def matches(self, labels: Labels) -> bool:
        """Return whether `labels` fulfil this; an absent label is the empty text."""
        return self._test(labels.get(self.name, ""))

    def matches_value(self, value: str) -> bool:
        """Return whether a label of this value fulfils this."""
        return self._test(value)

    def __str__(self) -> str:
        """Write the matcher as Alertmanager does in group keys and in its API."""
        if not RESERVED.isdisjoint(self.name):
            return f"{quote(self.name)}{self.op}{quote(self.value)}"
        value = self.value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
        return f'{self.name}{self.op}"{value}"'

    def to_json(self) -> dict[str, str | bool]:
        """Return the object that Alertmanager's API v2 has for a matcher."""
        return {
            "name": self.name,
            "value": self.value,
            "isRegex": self.op in ("=~", "!~"),
            "isEqual": self.op in ("=", "=~"),
        }

    @classmethod
    def restore(cls, name: str, op: str, value: str) -> Matcher:
        """Return a matcher that was made before and stored.

        Its pattern is compiled on first use, so that listing thousands compiles none. The first use
        raises what making it would have raised.
        """
        if op not in ("=~", "!~"):
            return cls(name, op, value)
        matcher = object.__new__(cls)
        object.__setattr__(matcher, "name", name)
        object.__setattr__(matcher, "op", op)
        object.__setattr__(matcher, "value", value)
        object.__setattr__(matcher, "_test", _compile_later(op, value))
        return matcher

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> Matcher:
        """Read API v2's object; ``isRegex`` may be missing (false), ``isEqual`` too (true).

        Raises MatcherError, naming the field.
        """
        name, value = data.get("name"), data.get("value")
        if not isinstance(name, str) or not name:
            raise MatcherError("name: a matcher needs a label name, a non-empty text")
        if not isinstance(value, str):
            raise MatcherError("value: a matcher needs a value, a text (it may be empty)")
        flags = []
        for key, default in (("isEqual", True), ("isRegex", False)):
            flag = data.get(key, default)
            if not isinstance(flag, bool):
                raise MatcherError(f"{key}: must be true or false, not {flag!r}")
            flags.append(flag)
        equal, regex = flags
        return cls(name, ("=" if equal else "!") + ("~" if regex else "" if equal else "="), value)


def matches_all(matchers: Iterable[Matcher], labels: Labels) -> bool:
    """Return whether `labels` fulfil every one of `matchers` (no matchers: yes)."""
    for matcher in matchers:  # noqa: SIM110  # all() costs three times as much, for every alert
        if not matcher.matches(labels):
            return False
    return True


def format_matchers(matchers: Iterable[Matcher]) -> str:
    """Write matchers as ``{a="b",c!="d"}``, in the order given."""
    return "{" + ",".join(map(str, matchers)) + "}"


def _compile(op: str, value: str, *, bounded: bool = True) -> Callable[[str], bool]:
    if op == "=":
        return value.__eq__
    if op == "!=":
        return value.__ne__
    if op == "=~":
        return _pattern_test(value, bounded=bounded)
    if op == "!~":
        test = _pattern_test(value, bounded=bounded)
        return lambda text: not test(text)
    raise MatcherError(f"{op!r} is not an operator: write one of {' '.join(OPERATORS)}")


def _compile_later(op: str, value: str) -> Callable[[str], bool]:
    test: Callable[[str], bool] | None = None

    def first_compile(text: str) -> bool:
        nonlocal test
        if test is None:
            # It was taken once: a bound that is newer than it must not end a silence.
            test = _compile(op, value, bounded=False)
        return test(text)

    return first_compile


@lru_cache(maxsize=1024)
def _pattern_test(pattern: str, *, bounded: bool) -> Callable[[str], bool]:
    """Return a test for a whole value that remembers its latest answers.

    Labels take few values and RE2 from Python costs some microseconds a call. The memory is
    bounded: a label whose value is always new must not fill it.
    """
    options = re2.Options()
    if bounded:
        reason = refusal(pattern)
        if reason is not None:
            raise MatcherError(f"{pattern[:60]!r}… is refused: {reason}")
        options.max_mem = MEMORY
    options.log_errors = False
    options.never_capture = True
    try:
        # Joined like this, not with the text escaped, because Alertmanager joins it like this.
        search = re2.compile(f"^(?:{pattern})$", options).search
    except (re2.error, UnicodeEncodeError) as error:
        pattern_text = repr(pattern) if len(pattern) <= _LONGEST_SHOWN else f"{pattern[:60]!r}…"
        raise MatcherError(
            f"{pattern_text} is not an RE2 pattern: {_reason(error, pattern)}"
        ) from None
    answers: dict[str, bool] = {}

    def test(text: str) -> bool:
        answer = answers.get(text)
        if answer is None:
            if len(answers) >= _REMEMBERED_ANSWERS:
                answers.clear()
            # As bytes, RE2 need not count characters. Lone surrogates match as "?" do.
            answer = answers[text] = search(text.encode(errors="replace")) is not None
        return answer

    return test


def _reason(error: Exception, pattern: str) -> str:
    """Return RE2's complaint about the pattern, and what to do.

    RE2 quotes the pattern with the anchors that are put around it here; they are removed.
    """
    text = error.args[0] if error.args else error
    reason = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    reason = (
        "missing ]" if reason.startswith("missing ]") else reason.removesuffix(f": ^(?:{pattern})$")
    )
    hint = next((words for start, words in _HINTS.items() if reason.startswith(start)), "")
    return f"{reason} ({hint})" if hint else reason
