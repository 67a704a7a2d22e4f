"""Open brackets, quotes and comments before the point where YAML cannot be parsed.

Only texts that libyaml refuses are read here. Lines and columns count from 1.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

LineAndColumn = tuple[int, int]
"""Line and column, from 1."""

_LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_OPENING = {yaml.FlowSequenceStartToken: "[", yaml.FlowMappingStartToken: "{"}
_CLOSING = (yaml.FlowSequenceEndToken, yaml.FlowMappingEndToken)


@dataclass(frozen=True, slots=True)
class Bracket:
    """A [ or { that is open at the error."""

    sign: str
    position: LineAndColumn


@dataclass(slots=True)
class YamlContext:
    """The tokens before an error that explain it."""

    brackets: list[Bracket] = field(default_factory=list)  # the innermost is the last
    quoted_span: tuple[LineAndColumn, LineAndColumn] | None = (
        None  # start and end, when it ends last before the fault
    )
    hiding_comment: LineAndColumn | None = (
        None  # a # with a bracket behind it, probably not meant as a comment
    )


def context_of(text: str, lines: list[str], position: LineAndColumn) -> YamlContext:
    """Return the context of an error in `text`, whose lines are `lines`."""
    context = YamlContext()
    before: yaml.Token | None = None
    for token in _tokens(text):
        if before is not None and context.brackets:
            _note_comment(context, before, token, lines)
        start, end = _start(token), _end(token)
        if start >= position:
            break
        if type(token) in _OPENING:
            context.brackets.append(Bracket(_OPENING[type(token)], start))
        elif isinstance(token, _CLOSING) and context.brackets:
            context.brackets.pop()
            if not context.brackets:
                context.hiding_comment = None
        if start != end:
            quoted_span = isinstance(token, yaml.ScalarToken) and token.style in ('"', "'")
            context.quoted_span = (start, end) if quoted_span else None
        before = token
    return context


def _tokens(text: str) -> Iterator[yaml.Token]:
    try:
        yield from yaml.scan(text, Loader=_LOADER)
    except yaml.YAMLError:
        return


def _note_comment(
    context: YamlContext, before: yaml.Token, after: yaml.Token, lines: list[str]
) -> None:
    """Note a comment such as ``#data}]`` that was probably meant as a value."""
    (line, column), after_line = _end(before), _start(after)[0]
    if after_line == line or line > len(lines):
        return
    rest = lines[line - 1][column - 1 :]
    comment = rest.lstrip()
    hides = any(sign in comment for sign in "]}")
    is_probable = isinstance(before, yaml.ValueToken) or comment[1:2] not in (" ", "#")
    if comment[:1] == "#" and hides and is_probable:
        context.hiding_comment = line, column + len(rest) - len(comment)


def _start(token: yaml.Token) -> LineAndColumn:
    return token.start_mark.line + 1, token.start_mark.column + 1


def _end(token: yaml.Token) -> LineAndColumn:
    return token.end_mark.line + 1, token.end_mark.column + 1
