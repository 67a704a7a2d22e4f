"""Names that one part of the file declares and another uses."""

from collections.abc import Collection
from dataclasses import dataclass

from gateway.config.grammar.field_types import ParsedSection, ParsedValue, named
from gateway.config.source import tree as yamltree
from gateway.config.source.problem import Findings, nearest, shorten
from gateway.config.source.tree import Node, Scalar


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
            said = f'{named(used.position.path)}: unknown {self.what} "{shorten(name)}"'
            if not self.known:
                said += f"; none is declared under {self.section}:"
            findings.error(
                used.position,
                said,
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
        entry = tree.entries.get(key) if isinstance(tree, yamltree.Mapping) else None
        if entry is not None:
            found = _in_tree(entry[1])
            readable = readable and found is not None
            names |= dict.fromkeys(found or ())
        given = file.get(key, ())
        if isinstance(given, tuple):
            names |= {one.value.get("name", ""): None for one in given}
    names.pop("", None)
    return DeclaredNames(what, section, names, readable)


def _in_tree(node: Node) -> list[str] | None:
    """The names that a section's node declares; None when it has another shape."""
    if isinstance(node, yamltree.Mapping):
        return list(node.entries)
    if isinstance(node, Scalar):
        return [] if node.empty else None
    names = []
    for item in node.items:
        entry = item.entries.get("name") if isinstance(item, yamltree.Mapping) else None
        if entry is None or not isinstance(entry[1], Scalar):
            return None
        names.append(entry[1].text)
    return names


def refuse_duplicates(entries: Collection[ParsedValue], what: str, findings: Findings) -> None:
    """Note names that a list declares more than once."""
    seen: dict[str, int] = {}
    for one in entries:
        name = one.value.given.get("name")
        if name is None:
            continue
        if name.value in seen:
            said = f'{what} "{shorten(name.value)}" is declared twice: first in line'
            findings.error(name.position, f"{said} {seen[name.value]}", text=name.raw)
        seen.setdefault(name.value, name.position.line)
