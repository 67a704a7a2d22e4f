"""Texts with substitutions such as `{{ labels.team | lower }}`: addresses and headers of mails.

They read like templates of messages, but they are no programs: no loops and no expressions, so
one is filled in the time of its length.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

FILTERS: Mapping[str, Callable[[str], str]] = {"lower": str.lower, "upper": str.upper}
"""What may stand behind a `|`."""

_SUBSTITUTION = re.compile(
    r"\{\{\s*(?P<source>[a-z_]+)"
    r"(?:\.(?P<name>[A-Za-z_]\w*)|\[(?P<quote>[\"'])(?P<text>[^\"'\]]+)(?P=quote)\])?"
    r"\s*(?:\|\s*(?P<filter>[a-z]+)\s*)?\}\}",
    re.ASCII,
)


class Substitution(NamedTuple):
    """What is put into a text: `source.key`, or `source` alone where `key` is empty."""

    source: str
    key: str = ""
    filter: str = ""

    def apply(self, value: str) -> str:
        """Return a value as the filter changes it."""
        return FILTERS[self.filter](value) if self.filter else value


@dataclass(frozen=True, slots=True)
class TextTemplate:
    """A text with substitutions; `parts` are its fixed texts and its substitutions in order."""

    text: str
    parts: tuple[str | Substitution, ...]

    @property
    def substitutions(self) -> tuple[Substitution, ...]:
        """The substitutions, in their order."""
        return tuple(part for part in self.parts if isinstance(part, Substitution))

    def fill(self, value_of: Callable[[Substitution], str]) -> str:
        """Return the text with the value of each substitution, to which its filter is applied."""
        return "".join(
            part if isinstance(part, str) else part.apply(value_of(part)) for part in self.parts
        )


def is_template(text: str) -> bool:
    """Return whether a text has a substitution, or something like it."""
    return "{{" in text


def parse_text_template(text: str) -> TextTemplate | None:
    """Return the parts of a text; None if its braces hold anything but a substitution."""
    parts: list[str | Substitution] = []
    end = 0
    for match in _SUBSTITUTION.finditer(text):
        name = match["filter"] or ""
        if name and name not in FILTERS:
            return None
        substitution = Substitution(match["source"], match["name"] or match["text"] or "", name)
        parts += [text[end : match.start()], substitution]
        end = match.end()
    parts.append(text[end:])
    if any(isinstance(part, str) and ("{{" in part or "}}" in part) for part in parts):
        return None
    return TextTemplate(text, tuple(part for part in parts if part))
