"""A pattern that is searched in a text, with named groups. Unlike a matcher it is not anchored."""

from dataclasses import dataclass, field
from typing import Any

import re2

from gateway.core.matching.matcher import MatcherError
from gateway.core.matching.pattern_cost import MEMORY, refusal

MOST_SEARCHED = 20_000
"""Characters of a text that are searched. RE2 takes linear time; this bounds it to about 1 ms."""


@dataclass(frozen=True, slots=True)
class SearchPattern:
    """A pattern of RE2. Raises MatcherError for one that RE2 or its bounds refuse."""

    text: str
    _compiled: Any = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Compile it."""
        if reason := refusal(self.text):
            raise MatcherError(reason)
        options = re2.Options()
        options.log_errors = False
        options.max_mem = MEMORY
        try:
            object.__setattr__(self, "_compiled", re2.compile(self.text, options))
        except (re2.error, UnicodeEncodeError) as error:
            raise MatcherError(f'"{self.text[:100]}" is not a pattern of RE2: {error}') from None

    def search(self, text: str) -> dict[str, str] | None:
        """Return the named groups of the first match, None without a match."""
        # RE2 refuses half a character.
        searched = text[:MOST_SEARCHED].encode("utf-8", "replace").decode()
        match = self._compiled.search(searched)
        if match is None:
            return None
        return {name: value or "" for name, value in match.groupdict().items()}
