"""Foreign text for messages: readable, encodable, of bounded length."""

import re
from collections.abc import Iterator, Mapping

MAX_VALUE = 1000
"""Characters of a label's or an annotation's value; a longer one ends in "…"."""

MAX_NAME = 100

# Controls except line end and tab, direction overrides and isolates (they can make a text read as
# another one), and lone surrogates (no vendor's API can be given those).
_HARMFUL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u061c\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


def clean(value: object, limit: int = MAX_VALUE) -> str:
    """Return `value` as text without harmful characters, at most `limit` long.

    Its lines stay.
    """
    text = value if type(value) is str else "" if value is None else str(value)
    if len(text) <= limit and text.isprintable():  # nearly always, and cheap to check
        return text
    text = _HARMFUL.sub(" ", text[: limit + 1].replace("\r\n", "\n"))
    return text if len(text) <= limit else cut(text, limit)


def cut(text: str, limit: int) -> str:
    """Return at most `limit` characters; a cut text ends in "…"."""
    if len(text) <= limit:
        return text
    return text[: max(limit - 1, 0)].rstrip() + "…"


class Labels(Mapping[str, str]):
    """Labels or annotations as templates see them: a missing one is empty text, never an error.

    A template's author cannot know which labels an alert has. ``labels.team``,
    ``labels["team"]`` and ``labels.items()`` work; a label named like a method ("items") needs the
    second form. Values are cleaned when they are read. As in Prometheus, an empty label does not
    exist.
    """

    __slots__ = ("_raw",)

    def __init__(self, raw: object = None) -> None:
        self._raw: Mapping[str, object] = raw if isinstance(raw, Mapping) else {}

    def __getitem__(self, name: str) -> str:
        return clean(self._raw.get(name, ""))

    def __getattr__(self, name: str) -> str:
        if name.startswith("__"):  # otherwise Python and Jinja would see every protocol here
            raise AttributeError(name)
        return self[name]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(name for name, value in self._raw.items() if value))

    def __len__(self) -> int:
        return sum(1 for value in self._raw.values() if value)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and bool(self._raw.get(name))

    def items(self) -> list[tuple[str, str]]:  # type: ignore[override]  # a list, for loops
        """Return name and value of each, sorted by name."""
        pairs = sorted(self._raw.items())
        return [(clean(name, MAX_NAME), clean(value)) for name, value in pairs if value]

    def __str__(self) -> str:
        return ", ".join(f"{clean(name, MAX_NAME)}={value}" for name, value in self.items())

    def __repr__(self) -> str:
        return f"Labels({self})"
