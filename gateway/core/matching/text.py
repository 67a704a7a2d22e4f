"""Matchers and labels as text that people can paste back.

`Matcher.__str__` and `format_labels` write what Alertmanager writes into group keys, which must
stay as it is. The text of this module reads back as the same matcher: in `parse_matchers`, in
amtool (0.27 and later), and, in single quotes, as an argument of `gateway`.
"""

import re
from collections.abc import Iterable

from gateway.core.alerts.labels import Labels, quote
from gateway.core.matching.matcher import RESERVED, Matcher, MatcherError
from gateway.core.matching.parse import parse_matchers

_NAME_AND_REST = re.compile(r"(.+?)(=~|!=|!~|=)(.*)", re.DOTALL)
_FURTHER_SPACE = re.compile("(?<= ) ")

LABELS_HELP = 'write labels as {alertname="X", team="billing"}, each with ='


def write_matcher(matcher: Matcher) -> str:
    """Write a matcher as one line of printable text that reads back as the same matcher.

    A name that needs quotes gets them. So does the name beside a value with an escape other than
    backslash, quote and new line: the classic syntax, which is tried too, has no other escapes
    and no quoted names, so the text is then read in the present syntax only. `one_line` changes
    nothing in the result.
    """
    name, value = matcher.name, _quoted(matcher.value)
    if RESERVED.isdisjoint(name) and name.isprintable() and value == _classic(matcher.value):
        return f"{name}{matcher.op}{value}"
    return f"{_quoted(name)}{matcher.op}{value}"


def write_matchers(matchers: Iterable[Matcher]) -> str:
    """Write matchers as ``{alertname="X", "my label"=~"a.*"}``, in the order given."""
    return "{" + ", ".join(map(write_matcher, matchers)) + "}"


def write_labels(labels: Labels) -> str:
    """Return a label set as the matchers of exactly its labels, sorted by name."""
    return write_matchers(Matcher(name, "=", labels[name]) for name in sorted(labels))


def read_matchers(text: str) -> tuple[Matcher, ...]:
    """Read matchers as `parse_matchers` does, or one without its required quotes.

    So ``my label=x y`` is read as ``"my label"="x y"``, where the text means nothing else. Raises
    MatcherError.
    """
    try:
        return parse_matchers(text)
    except MatcherError as error:
        parts = _NAME_AND_REST.fullmatch(text)
        if parts is None or text[0] in '{"':
            raise
        name, op, rest = parts.groups()
        for value in (rest, *([] if '"' in rest else [quote(rest)])):
            try:
                return parse_matchers(f"{quote(name)}{op}{value}", "utf8")
            except MatcherError:
                continue
        raise error from None


def read_labels(text: str) -> dict[str, str]:
    """Read labels as `write_labels` writes them. Raises MatcherError."""
    labels: dict[str, str] = {}
    for matcher in read_matchers(text):
        if matcher.op != "=":
            raise MatcherError(LABELS_HELP)
        if labels.setdefault(matcher.name, matcher.value) != matcher.value:
            raise MatcherError(f"label {quote(matcher.name)} has two values: {LABELS_HELP}")
    return labels


def _quoted(text: str) -> str:
    # Terminals and HTML show several spaces as one.
    return _FURTHER_SPACE.sub(r"\\x20", quote(text))


def _classic(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
    return f'"{escaped}"'
