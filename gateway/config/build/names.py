"""Names that one part of the file declares and another one uses."""

from collections.abc import Collection
from dataclasses import dataclass

from gateway.config.grammar.parsed import ParsedSection, ParsedValue, field_name
from gateway.config.source.nodes import MappingNode, Node, ScalarNode
from gateway.config.source.problem import Findings, nearest, shorten


@dataclass(frozen=True, slots=True)
class DeclaredNames:
    """The declared names of one kind.

    Without a readable section no use of a name is reported as an error.
    """

    what: str
    section: str
    known: Collection[str]
    readable: bool = True

    def check(self, used: ParsedValue, findings: Findings, prefix: str = "") -> bool:
        """Return whether a name is declared, and note an error if it is not.

        `prefix` stands before the name in the file, as in ``rota:billing``.
        """
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
    """Return the names that a section declares, as keys or as ``name:`` of list items.

    Names are read from the tree as well as from the parsed values, so that an error inside a
    receiver does not make its name unknown to every route.
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
    """Return the names that a node declares; None when it has another shape."""
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
