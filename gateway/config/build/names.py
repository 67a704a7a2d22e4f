"""Names that one part of the file declares and another uses."""

from collections.abc import Collection
from dataclasses import dataclass

from gateway.config.grammar.parsed import ParsedSection, ParsedValue, field_name
from gateway.config.source.nodes import MappingNode, Node, ScalarNode
from gateway.config.source.problem import Findings, nearest, shorten


@dataclass(frozen=True, slots=True)
class DeclaredNames:
    """The names of one kind. When its section cannot be read nobody is blamed for using it."""

    what: str
    section: str
    known: Collection[str]
    readable: bool = True

    def check(self, used: ParsedValue, findings: Findings, prefix: str = "") -> bool:
        """Whether the name `used` is declared; noted when it is not. `prefix` stands before the
        name in the file, as in ``rota:billing``."""
        name = str(used.value)[len(prefix) :]
        if name in self.known:
            return True
        if self.readable:
            near = nearest(name, self.known)
            message = f'{field_name(used.position.path)}: unknown {self.what} "{shorten(name)}"'
            if not self.known:
                message += f"; none is declared under {self.section}:"
            findings.error(
                used.position,
                message,
                text=used.raw or name,
                suggestion=None if near is None else prefix + near,
                allowed=[prefix + one for one in self.known],
            )
        return False


def declared_names(
    what: str, section: str, tree: Node, file: ParsedSection, *more: str
) -> DeclaredNames:
    """The names under a section, with a mapping's keys or a list's ``name:``.

    Taken from the tree as well as from what was read, so that a fault inside of a receiver does
    not make its name unknown to every route.
    """
    names: dict[str, None] = {}
    readable = True
    for key in (section, *more):
        entry = tree.entries.get(key) if isinstance(tree, MappingNode) else None
        if entry is not None:
            tree_names = _in_tree(entry.value)
            readable = readable and tree_names is not None
            names |= dict.fromkeys(tree_names or ())
        item = file.get(key, ())
        if isinstance(item, tuple):
            names |= {one.value.get("name", ""): None for one in item}
    names.pop("", None)
    return DeclaredNames(what, section, names, readable)


def _in_tree(node: Node) -> list[str] | None:
    """The names that a section's node declares; None when it has another shape."""
    if isinstance(node, MappingNode):
        return list(node.entries)
    if isinstance(node, ScalarNode):
        return [] if node.empty else None
    names = []
    for item in node.items:
        entry = item.entries.get("name") if isinstance(item, MappingNode) else None
        if entry is None or not isinstance(entry.value, ScalarNode):
            return None
        names.append(entry.value.text)
    return names


def refuse_duplicates(entries: Collection[ParsedValue], what: str, findings: Findings) -> None:
    """Note names that a list declares more than once."""
    seen: dict[str, int] = {}
    for one in entries:
        name = one.value.fields.get("name")
        if name is None:
            continue
        if name.value in seen:
            message = f'{what} "{shorten(name.value)}" is declared twice: first in line'
            findings.error(name.position, f"{message} {seen[name.value]}", text=name.raw)
        seen.setdefault(name.value, name.position.line)
