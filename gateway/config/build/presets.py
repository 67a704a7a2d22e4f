"""Mappings of well-known senders, read from `gateway/config/presets` by the users' grammar."""

from dataclasses import replace
from functools import cache
from pathlib import Path

from gateway.config.grammar.json_mapping import MAPPING
from gateway.config.grammar.parsed import ParsedSection, ParsedValue, ReadContext
from gateway.config.source.problem import Findings
from gateway.config.source.references import References
from gateway.config.source.regular_file import read_regular
from gateway.config.source.tree import read_tree

FOLDER = Path(__file__).parents[1] / "presets"

_MERGED = ("labels", "annotations")
"""Keys in which a source may set a few names; the others stay as they are."""


@cache
def preset(type_: str) -> ParsedSection:
    """Return the mapping of a type of source that has one."""
    file = FOLDER / f"{type_}.yaml"
    findings = Findings(str(file))
    tree = read_tree(read_regular(file), findings)
    context = ReadContext(findings, References({}, read_regular, FOLDER))
    result = None if tree is None else MAPPING.read(tree, "", context)
    assert result is not None, findings.errors
    assert not findings.count, findings.errors
    section: ParsedSection = result.value
    return section


def with_changes(type_: str, changes: ParsedSection | None) -> ParsedSection:
    """Return the mapping of a type, changed by what a source says itself."""
    base = preset(type_)
    if changes is None:
        return base
    fields = {**base.fields, **changes.fields}
    for key in _MERGED:
        if key in base and key in changes:
            own = changes.fields[key]
            fields[key] = ParsedValue({**base.map_of(key), **own.value}, own.position)
    return replace(changes, fields=fields)
