"""The documented queries of logs name fields and messages that the gateway logs."""

import ast
import re
from collections.abc import Iterator

from tests.docs.pages import CHECKOUT, DOCS

PAGE = (DOCS / "logs.md").read_text(encoding="utf-8").replace(r"\|", "|")
ALWAYS = {"time", "level", "logger", "message"}
STREAM_LABELS = {"app"}


def test_each_field_of_a_query_is_one_that_is_logged() -> None:
    """A query by a field that no line has returns nothing, in the middle of an outage."""
    fields = ALWAYS | STREAM_LABELS | set(logged_fields())
    used = set(re.findall(r"\b([a-z_]+)=~?\"|\{\{\.([a-z_]+)\}\}|by \(([a-z_]+)\)", PAGE))
    names = {name for groups in used for name in groups if name}
    assert {"incident", "notice"} <= names
    assert names <= fields


def test_each_field_of_the_table_is_one_that_is_logged() -> None:
    """The reference of fields has no field that is gone."""
    table = PAGE.partition("## Fields")[2]
    names = [
        re.findall(r"`([a-z_]+)`", row.split("|")[1]) for row in re.findall(r"^\|.*", table, re.M)
    ]
    named = {name for row in names for name in row}
    assert named
    assert named <= set(logged_fields())


def test_each_message_of_a_query_is_logged() -> None:
    """A search for a text finds the line of today's program."""
    texts = re.findall(r"\|= \"([^\"]+)\"|message=\"([^\"]+)\"", PAGE)
    sources = "\n".join(path.read_text() for path in (CHECKOUT / "gateway").rglob("*.py"))
    assert texts
    for text in {one for pair in texts for one in pair if one}:
        assert text in sources, text


def logged_fields() -> Iterator[str]:
    """Return the names of fields that any line of the gateway may have, from its source."""
    for path in (CHECKOUT / "gateway").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if "bind_fields" in text or "extra" in text:
            yield from _fields(ast.parse(text))


def _fields(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _calls_bind_fields(node):
            yield from (one.arg for one in node.keywords if one.arg)
        elif isinstance(node, ast.keyword | ast.AnnAssign) and _name(node) == "extra":
            yield from _keys(node.value)


def _calls_bind_fields(call: ast.Call) -> bool:
    """Return whether it calls `bind_fields`, or runs it in a context."""
    return "bind_fields" in {ast.unparse(one) for one in (call.func, *call.args)}


def _name(node: ast.keyword | ast.AnnAssign) -> str | None:
    return node.arg if isinstance(node, ast.keyword) else ast.unparse(node.target)


def _keys(value: ast.expr | None) -> list[str]:
    """Return the keys of the first dictionary in an expression."""
    dicts = [one for one in ast.walk(value) if isinstance(one, ast.Dict)] if value else []
    return [ast.literal_eval(key) for key in dicts[0].keys if key] if dicts else []
