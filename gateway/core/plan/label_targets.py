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
from gateway.core.text.text_template import Substitution, TextTemplate, parse_text_template

_SAFE = re.compile(r"[\w.+-]+", re.ASCII)
"""Label values that may be part of an address: no spaces, commas, signs or slashes."""

_WHOLE = re.compile(r"[#@]?[\w.+-]+(?:@[\w.-]+)?", re.ASCII)
"""Label values that may be a whole address: `#billing-alerts`, `ana@example.com`."""

LABELS = "labels"
"""The source of what an address is made of."""


def parse_template(text: str) -> TextTemplate:
    """Return the parts of an address. Raises ValueError with what to write instead."""
    template = parse_text_template(text)
    if (
        template is None
        or not template.substitutions
        or not all(one.source == LABELS and one.key for one in template.substitutions)
    ):
        raise ValueError(
            f'"{text}" is not an address with labels: write {{{{ labels.team }}}}, or '
            '{{ labels["k8s-team"] }} for other names, perhaps with | lower or | upper behind; '
            "nothing else is allowed in the braces"
        )
    return template


def by_label(name: str) -> TextTemplate:
    """Return the template that is the value of one label."""
    return TextTemplate(f"by {name}", (Substitution(LABELS, name),))


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

    template: TextTemplate
    otherwise: Target
    allowed: tuple[Matcher, ...] = ()
    addresses: Mapping[str, str] = field(default_factory=dict)

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that the address depends on."""
        return tuple(one.key for one in self.template.substitutions)

    def choose(self, labels: Labels) -> LabelChoice:
        """Return the target for an alert or a group with these labels."""
        whole = len(self.template.parts) == 1 and not self.addresses
        for name in self.labels:
            value = labels.get(name, "")
            if not value:
                return LabelChoice(self.otherwise, f"label {name} is missing")
            if (_WHOLE if whole else _SAFE).fullmatch(value) is None:
                part = "an address" if whole else "part of an address"
                return LabelChoice(self.otherwise, f"label {name} cannot be {part}")
        filled = self.template.fill(lambda one: labels.get(one.key, ""))
        address = self.addresses.get(filled) if self.addresses else filled
        if address is None:
            return LabelChoice(self.otherwise, f"there is no key for {filled}")
        if self.allowed and not any(one.matches_value(address) for one in self.allowed):
            return LabelChoice(self.otherwise, f"{address} is not allowed")
        return LabelChoice(replace(self.otherwise, address=address, person=None), "")
