"""YAML with comments, as a person would write it: blocks, short lists on one line."""

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field

WIDTH = 100

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./@+-]*|[0-9]+[a-z][a-z0-9]*")
_WORDS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null"))
"""Words that YAML 1.1 reads as another type than text."""


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment on lines of its own. `code` follows it as it is, line by line."""

    text: str
    code: str = ""


class Plain(str):
    """Text that needs no quotes although it does not look like a word, such as a date."""

    __slots__ = ()


@dataclass(slots=True)
class Items:
    """A list."""

    items: "list[Value | Remark]" = field(default_factory=list)


@dataclass(slots=True)
class Block:
    """A mapping."""

    entries: "list[tuple[str, Value] | Remark]" = field(default_factory=list)

    def add(self, key: str, value: "Value") -> None:
        """Add a key with its value."""
        self.entries.append((key, value))

    @property
    def empty(self) -> bool:
        """Whether it has nothing but remarks."""
        return all(isinstance(one, Remark) for one in self.entries)


Scalar = str | bool | int
Value = Scalar | Items | Block


def escape_references(text: str) -> str:
    """Return text in which ``${`` is not a reference in routes.yaml."""
    return text.replace("${", "$${")


def lines(block: Block, indent: int = 0) -> Iterator[str]:
    """Yield the lines of a mapping, without line breaks."""
    for entry in block.entries:
        if isinstance(entry, Remark):
            yield from remark_lines(entry, indent)
        else:
            key, value = entry
            yield from _keyed(f"{' ' * indent}{scalar(key)}:", value, indent)


def _keyed(head: str, value: Value, indent: int) -> Iterator[str]:
    """Yield the lines of a value after a key or a dash.

    What does not fit on that line goes below, indented by two.
    """
    if isinstance(value, Block):
        if value.empty:
            yield f"{head} {{}}"
            yield from lines(value, indent + 2)
        else:
            yield head
            yield from lines(value, indent + 2)
    elif isinstance(value, Items):
        yield from _list(head, value, indent)
    else:
        yield f"{head} {scalar(value)}"


def _list(head: str, value: Items, indent: int) -> Iterator[str]:
    flat = [one for one in value.items if not isinstance(one, Items | Block | Remark)]
    if len(flat) == len(value.items):
        row = f"{head} [{', '.join(map(scalar, flat))}]"
        if len(row) <= WIDTH or not flat:
            yield row
            return
    if all(isinstance(one, Remark) for one in value.items):
        yield f"{head} []"
    else:
        yield head
    for one in value.items:
        if isinstance(one, Remark):
            yield from remark_lines(one, indent + 2)
        elif isinstance(one, Block) and not one.empty:
            inner = list(lines(one, indent + 4))
            first = next(at for at, line in enumerate(inner) if not line.lstrip().startswith("#"))
            yield from (line[2:] for line in inner[:first])  # remarks are above the dash
            yield f"{' ' * (indent + 2)}- {inner[first].lstrip()}"
            yield from inner[first + 1 :]
        else:
            yield from _keyed(f"{' ' * (indent + 2)}-", one, indent + 2)


def point_lines(text: str) -> Iterator[str]:
    """Yield a comment that is one item of a list, wrapped, further lines indented."""
    wrapped = textwrap.wrap(
        one_line(text), WIDTH - 4, subsequent_indent="  ", break_on_hyphens=False
    )
    yield from (f"#   {line}" for line in wrapped)


def remark_lines(remark: Remark, indent: int = 0) -> Iterator[str]:
    """Yield the lines of a comment, wrapped."""
    head = f"{' ' * indent}# "
    for line in textwrap.wrap(one_line(remark.text), max(WIDTH - len(head), 40)):
        yield head + line
    for line in remark.code.splitlines():
        yield f"{head}  {one_line(line)}"


def one_line(text: str) -> str:
    """Return text that cannot break out of a comment."""
    return "".join(character if character.isprintable() else "?" for character in text)


def scalar(value: Scalar) -> str:
    """Return a single value: bare where that is safe, else in single or double quotes."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Plain):
        return str(value)
    if _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    if value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    return '"' + "".join(map(_escaped, value)) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if character == "\n":
        return "\\n"
    if character.isprintable():
        return character
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
