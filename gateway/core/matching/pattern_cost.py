r"""Bounds on RE2 patterns: matching takes linear time, but compiling does not.

Measured on one core: `.{0,500}` a hundred times compiles for 17 s, `a?` 30,000 times for 6 s, and
each Unicode class such as `\pL` takes 0.17 ms. Within these bounds no pattern takes over 0.4 s, and
a list of 600 host names takes 30 ms.
"""

import re

LONGEST = 16 * 1024
"""Bytes of a pattern. The time of nested optional parts grows with the square of this."""

MEMORY = 2 * 1024 * 1024
"""Bytes that RE2 may use for one pattern's program and caches; a larger pattern is refused."""

MOST_REPEATS = 2000
"""Sum of the upper bounds of `{m,n}`: RE2 writes each out before it checks its memory."""

MOST_CLASSES = 32
r"""Number of `\p` and `\P`: each is hundreds of ranges."""

CHEAP = 1000
"""Characters of patterns that are compiled at once, unless they repeat or name large classes."""

_REPEAT = re.compile(r"\{(\d{1,4})(?:,(\d{0,4}))?\}")
_CLASS = re.compile(r"\\[pP]")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


def refusal(pattern: str) -> str | None:
    """Return why a pattern is refused and what to write instead, or None."""
    if len(pattern) > LONGEST or len(pattern.encode("utf-8", "replace")) > LONGEST:
        return f"the pattern is longer than {LONGEST} bytes; write several matchers or routes"
    if sum(int(most or least) for least, most in _REPEAT.findall(pattern)) > MOST_REPEATS:
        return f"its repetitions {{m,n}} add up to more than {MOST_REPEATS}; write * or + instead"
    if sum(letter in "pP" for letter in _ESCAPE.findall(pattern)) > MOST_CLASSES:
        return rf"it has more than {MOST_CLASSES} Unicode classes \p; repeat one, write \pL+"
    return None


def is_cheap(text: str) -> bool:
    """Return whether every pattern in `text` compiles within 2 ms."""
    return len(text) <= CHEAP and not _REPEAT.search(text) and not _CLASS.search(text)
