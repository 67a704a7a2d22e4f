"""Names that one part of the file declares and another one uses."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from gateway.config.build.account_names import AccountNames, account_names
from gateway.config.grammar.parsed import ParsedSection, ParsedValue, field_name
from gateway.config.source.nodes import MappingNode, Node, ScalarNode
from gateway.config.source.problem import Findings, shorten
from gateway.core.text.nearest import nearest


@dataclass(frozen=True, slots=True)
class DeclaredNames:
    """The declared names of one kind.

    Without a readable section no use of a name is reported as an error.
    """

    noun: str
    section: str
    known: Collection[str]
    readable: bool = True

    def check(self, reference: ParsedValue, findings: Findings, prefix: str = "") -> bool:
        """Return whether a name is declared, and note an error if it is not.

        `prefix` stands before the name in the file, as in ``rota:billing``.
        """
        name = str(reference.value)[len(prefix) :]
        if name in self.known:
            return True
        if self.readable:
            near = nearest(name, self.known)
            message = (
                f'{field_name(reference.position.path)}: unknown {self.noun} "{shorten(name)}"'
            )
            if not self.known:
                message += f"; none is declared under {self.section}:"
            findings.error(
                reference.position,
                message,
                text=reference.raw or name,
                suggestion=None if near is None else prefix + near,
                allowed=[prefix + one for one in self.known],
            )
        return False


def declared_names(
    noun: str, section: str, tree: Node, file: ParsedSection, *further_sections: str
) -> DeclaredNames:
    """Return the names that a section declares, as keys or as ``name:`` of list items.

    Names are read from the tree as well as from the parsed values, so that an error inside a
    receiver does not make its name unknown to every route.
    """
    names: dict[str, None] = {}
    readable = True
    for key in (section, *further_sections):
        entry = tree.entries.get(key) if isinstance(tree, MappingNode) else None
        if entry is not None:
            tree_names = _in_tree(entry.value)
            readable = readable and tree_names is not None
            names |= dict.fromkeys(tree_names or ())
        item = file.get(key, ())
        if isinstance(item, tuple):
            names |= {one.value.get("name", ""): None for one in item}
    names.pop("", None)
    return DeclaredNames(noun, section, names, readable)


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


@dataclass(frozen=True, slots=True)
class FileNames:
    """The names that the sections of a file declare."""

    receivers: DeclaredNames
    people: DeclaredNames
    rotas: DeclaredNames
    escalations: DeclaredNames
    severities: DeclaredNames
    intervals: DeclaredNames
    teams: DeclaredNames
    queries: DeclaredNames
    accounts: AccountNames


def file_names(tree: Node, file: ParsedSection) -> FileNames:
    """Return the names that the sections of a file declare."""
    receivers = declared_names("receiver", "receivers", tree, file)
    if "receivers" not in file:
        receivers = replace(receivers, readable=False)  # reported already
    return FileNames(
        receivers=receivers,
        people=declared_names("person", "people", tree, file),
        rotas=declared_names("rota", "rotas", tree, file),
        escalations=declared_names("escalation", "escalations", tree, file),
        severities=declared_names("severity", "severities", tree, file),
        intervals=declared_names(
            "time interval", "time_intervals", tree, file, "mute_time_intervals"
        ),
        teams=declared_names("team", "teams", tree, file),
        queries=_query_names(file),
        accounts=account_names(tree),
    )


def _query_names(file: ParsedSection) -> DeclaredNames:
    """Return the names of queries, which stand one level deeper."""
    section: ParsedSection | None = file.get("prometheus")
    names = dict.fromkeys(section.map_of("queries") if section else ())
    return DeclaredNames("query", "prometheus.queries", names, section is None or section.valid)


def refuse_duplicates(entries: Collection[ParsedValue], noun: str, findings: Findings) -> None:
    """Note names that a list declares more than once."""
    first_lines: dict[str, int] = {}
    for one in entries:
        name = one.value.fields.get("name")
        if name is None:
            continue
        if name.value in first_lines:
            message = f'{noun} "{shorten(name.value)}" is declared twice: first in line'
            findings.error(name.position, f"{message} {first_lines[name.value]}", text=name.raw)
        first_lines.setdefault(name.value, name.position.line)
