"""Addresses that Alertmanager makes by templates, as addresses by label of routes.yaml."""

import re
from collections.abc import Iterator
from email.utils import getaddresses
from typing import NamedTuple

from gateway.config.grammar.parsed import ParsedSection
from gateway.config.grammar.values import is_email
from gateway.core.plan.label_targets import LABELS
from gateway.core.routing.match import Route, walk
from gateway.core.text.text_template import Substitution, is_template, parse_text_template
from gateway.importers.alertmanager.read.gotemplate import in_jinja

PART = r"[\w.+-]+"
"""The pattern of a label's value as a part of an address, see `core.plan.label_targets`."""

INSTEAD = (
    "labels alone can be in an address, perhaps in small letters or capitals: write "
    '"{{ labels.team }}" with `allow` and `otherwise`, or a route and a receiver for each case'
)

BY_LABEL = (
    "made of labels, so it needs `allow`, which takes what a label can be: narrow it. Where it "
    "does not match, or a label is missing, `otherwise` is notified; Alertmanager would fail"
)

_GROUP_LABELS = "group_labels"
_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_SPECIAL = re.compile(r"([.+*?^$()\[\]{}|\\])")
_ELSE = re.compile(
    r"\{\{-?\s*if\s+(?P<field>[^{}]+?)\s*-?\}\}(?P<text>(?:[^{}]|\{\{[^{}]+\}\})+?)"
    r"\{\{-?\s*else\s*-?\}\}(?P<otherwise>[^{}]+)\{\{-?\s*end\s*-?\}\}"
)


class LabelAddress(NamedTuple):
    """An address by label. `otherwise` is that of the template's own `else`, or empty."""

    text: str
    parts: tuple[str | Substitution, ...]
    otherwise: str = ""

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that it depends on."""
        return tuple(one.key for one in self.parts if isinstance(one, Substitution))

    @property
    def is_whole(self) -> bool:
        """Return whether the value of one label is the whole address."""
        return len(self.parts) == 1

    def pattern(self) -> str:
        """Return the pattern (RE2) of every address that it can make of labels."""
        return "".join(
            _SPECIAL.sub(r"\\\1", part) if isinstance(part, str) else PART for part in self.parts
        )


def label_address(text: str) -> LabelAddress | None:
    """Return the address by label with the same result as a Go template, or None.

    `{{ if .CommonLabels.x }}…{{ else }}#alerts{{ end }}` declares its own `otherwise`.
    """
    conditional = _ELSE.fullmatch(text.strip())
    if conditional is None:
        return _address(text.strip())
    address = _address(conditional["text"].strip())
    condition = _address(f"{{{{ {conditional['field']} }}}}")
    if address is None or condition is None or set(condition.labels) != set(address.labels):
        return None
    return address._replace(otherwise=conditional["otherwise"].strip())


def _address(text: str) -> LabelAddress | None:
    jinja = in_jinja(text)
    template = parse_text_template(jinja) if jinja is not None else None
    if template is None or not template.substitutions:
        return None
    if not all(one.key and one.source in (LABELS, _GROUP_LABELS) for one in template.substitutions):
        return None
    # A group's label is one that all of its alerts share, and the gateway has one name for both.
    parts = tuple(
        part if isinstance(part, str) else part._replace(source=LABELS) for part in template.parts
    )
    return LabelAddress("".join(map(_written, parts)), parts)


def _written(part: str | Substitution) -> str:
    if isinstance(part, str):
        return part
    name = f".{part.key}" if _NAME.fullmatch(part.key) else f'["{part.key}"]'
    return f"{{{{ {LABELS}{name}{f' | {part.filter}' if part.filter else ''} }}}}"


def split_addresses(text: str) -> Iterator[str]:
    """Yield the addresses of a list, perhaps with templates, without the names before them."""
    if not is_template(text):
        yield from (address for _, address in getaddresses([text]) if address)
        return
    for one in re.split(r",(?![^{]*\}\})", text):
        named = re.fullmatch(r"[^<>]*<([^<>]+)>", one.strip())
        if address := (named[1] if named else one).strip():
            yield address


def label_values(root: Route, label: str) -> tuple[str, ...]:
    """Return the values that the routes of the file compare a label with."""
    values: dict[str, None] = {}
    for route in walk(root):
        for matcher in route.matchers:
            if matcher.name == label and matcher.op in ("=", "=~"):
                listed = matcher.value.split("|") if matcher.op == "=~" else [matcher.value]
                values.update((one, None) for one in listed if re.fullmatch(PART, one, re.ASCII))
    return tuple(values)


def fixed_address(file: ParsedSection, kind: str, receiver: str) -> str:
    """Return the first fixed address of a receiver, empty if it has none."""
    for item in file.list_of("receivers"):
        if item.value.get("name") == receiver:
            for one in item.value.list_of(f"{kind}_configs"):
                if address := _fixed(one.value, kind):
                    return address
    return ""


def _fixed(config: ParsedSection, kind: str) -> str:
    if kind == "slack":
        channel: str = config.get("channel", "")
        return "" if is_template(channel) or channel != "".join(channel.split()) else channel
    addresses = [address for _, address in getaddresses([config.get("to", "")])]
    return next((one for one in addresses if not is_template(one) and is_email(one)), "")
