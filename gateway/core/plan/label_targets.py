"""Targets whose address depends on labels: `#{{ labels.team }}-alerts`.

Labels come from anyone who may post an alert, so an address made of them must be on the allow-list
of the file. One that is not, or a missing label, leads to the target that the file declares for it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from gateway.core.alerts.labels import Labels
from gateway.core.matching.matcher import Matcher
from gateway.core.plan.target import Target

_REFERENCE = re.compile(
    r"\{\{\s*labels(?:\.(?P<name>[A-Za-z_]\w*)|\[(?P<quote>[\"'])(?P<text>[^\"'\]]+)(?P=quote)\])\s*\}\}",
    re.ASCII,
)
_SAFE = re.compile(r"[\w.+-]+", re.ASCII)
"""Label values that may be part of an address: no spaces, commas, signs or slashes."""


@dataclass(frozen=True, slots=True)
class LabelTemplate:
    """A text with references to labels; `parts` alternate between texts and label names."""

    text: str
    parts: tuple[str, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that it refers to."""
        return self.parts[1::2]

    def fill(self, labels: Labels) -> str:
        """Return the text with the labels' values."""
        return "".join(
            labels.get(part, "") if index % 2 else part for index, part in enumerate(self.parts)
        )


def is_template(text: str) -> bool:
    """Return whether a text has a reference to a label, or something like it."""
    return "{{" in text


def parse_template(text: str) -> LabelTemplate:
    """Return the parts of a template. Raises ValueError with what to write instead."""
    parts: list[str] = []
    end = 0
    for match in _REFERENCE.finditer(text):
        parts += [text[end : match.start()], match["name"] or match["text"]]
        end = match.end()
    parts.append(text[end:])
    if not parts[1:] or any("{{" in part or "}}" in part for part in parts[::2]):
        raise ValueError(
            f'"{text}" is not an address with labels: write {{{{ labels.team }}}}, or '
            '{{ labels["k8s-team"] }} for other names; nothing else is allowed in the braces'
        )
    return LabelTemplate(text, tuple(parts))


class LabelChoice(NamedTuple):
    """The target for some labels; `why` says why it is the declared one, "" if it is by labels."""

    target: Target
    why: str


@dataclass(frozen=True, slots=True)
class LabelTarget:
    """A target by labels.

    `allowed` are conditions on the whole address; one must hold. With `addresses` the
    filled template is a key of it instead: for secrets, which no label can hold. `otherwise` is
    the target of everything else.
    """

    template: LabelTemplate
    otherwise: Target
    allowed: tuple[Matcher, ...] = ()
    addresses: Mapping[str, str] = field(default_factory=dict)

    def choose(self, labels: Labels) -> LabelChoice:
        """Return the target for an alert or a group with these labels."""
        for name in self.template.labels:
            value = labels.get(name, "")
            if not value:
                return LabelChoice(self.otherwise, f"label {name} is missing")
            if _SAFE.fullmatch(value) is None:
                return LabelChoice(self.otherwise, f"label {name} cannot be part of an address")
        filled = self.template.fill(labels)
        address = self.addresses.get(filled) if self.addresses else filled
        if address is None:
            return LabelChoice(self.otherwise, f"there is no key for {filled}")
        if self.allowed and not any(one.matches_value(address) for one in self.allowed):
            return LabelChoice(self.otherwise, f"{address} is not allowed")
        return LabelChoice(replace(self.otherwise, address=address, person=None), "")
