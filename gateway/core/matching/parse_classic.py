"""The syntax of matchers before Alertmanager 0.27: ASCII names, values quoted or not.

Kept because files written for it still load in Alertmanager; `gateway.core.matching.parse`
decides when it applies. Inside a value a backslash escapes a quote, itself, or an ``n`` (a new
line), and before anything else is itself.
"""

import re

from gateway.core.matching.matcher import SPACES, Matcher, MatcherError

HELP = 'write it like severity="critical" or team=~"billing|platform"'

# What \s means to Go's regexp, fewer than `SPACES`.
_BLANKS = "\t\n\f\r "
_NAME_AND_OPERATOR = re.compile(rf"[{_BLANKS}]*([a-zA-Z_:][a-zA-Z0-9_:]*)[{_BLANKS}]*(=~|=|!=|!~)")


def classic_matchers(text: str) -> tuple[Matcher, ...]:
    """Read matchers separated by commas, with or without braces. Raises MatcherError."""
    text = text.removeprefix("{").removesuffix("}")
    parts: list[str] = []
    start, in_quotes, after_backslash = 0, False, False
    for at, character in enumerate(text):
        if character == ",":
            # Does not end an escape: the peer's parser doesn't either.
            if not in_quotes:
                parts.append(text[start:at])
                start = at + 1
        elif character == '"':
            if not after_backslash:
                in_quotes = not in_quotes
            after_backslash = False
        elif character == "\\":
            after_backslash = not after_backslash
        else:
            after_backslash = False
    last = text[start:].strip("".join(SPACES))
    return tuple(map(classic_matcher, [*parts, last] if last else parts))


def classic_matcher(text: str) -> Matcher:
    """Read one matcher without braces. Raises MatcherError."""
    match = _NAME_AND_OPERATOR.match(text)
    if match is None:
        raise MatcherError(f"{text!r} is not a matcher: {HELP}")
    name, op = match.groups()
    raw = text[match.end() :].strip(_BLANKS)
    body = raw
    if body.startswith('"'):
        body = body[1:]
        # A last quote that a backslash escapes does not close.
        if not body.endswith('"') or _ends_escaped(body[:-1]):
            raise MatcherError(f"{raw!r} in {text!r}: the closing quote is missing")
        body = body[:-1]
    value, after_backslash = "", False
    for character in body:
        if after_backslash:
            value += {"n": "\n", '"': '"', "\\": "\\"}.get(character, "\\" + character)
            after_backslash = False
        elif character == "\\":
            after_backslash = True
        elif character == '"':
            raise MatcherError(f'{raw!r} in {text!r}: a quote inside a value is written \\"')
        else:
            value += character
    return Matcher(name, op, value + "\\" if after_backslash else value)


def _ends_escaped(text: str) -> bool:
    return (len(text) - len(text.rstrip("\\"))) % 2 == 1
