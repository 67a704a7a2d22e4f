"""The YAML that is written reads back as the same values, and reads well."""

import hypothesis.strategies as st
import yaml
from hypothesis import example, given

from gateway.config.source.nodes import MappingNode, ScalarNode
from gateway.config.source.problem import Findings
from gateway.config.source.tree import read_tree
from gateway.importers.emit import WIDTH, Block, Items, Remark, Value, lines

TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=40)


def written(block: Block) -> str:
    return "\n".join(lines(block)) + "\n"


@given(st.lists(TEXTS, max_size=6))
@example(["", "~", "null", "yes", "12:30", "010", "1e3", "- a", "a: b", "# c", "'", '"', "\\"])
@example(["\x85", "\u2028", "\ufeff", "\U0001f600", "\x7f", "\t", "a\nb", " a ", "{a}", "[", "%"])
def test_every_text_comes_back_as_it_was(texts: list[str]) -> None:
    """In a list and as a value, to our reader and to any other."""
    block = Block([("list", Items([*texts])), *((f"k{n}", one) for n, one in enumerate(texts))])
    findings = Findings("written")
    tree = read_tree(written(block), findings)
    assert not findings.errors
    assert isinstance(tree, MappingNode)
    values = [value for key, (_, value) in tree.entries.items() if key != "list"]
    assert [value.text for value in values if isinstance(value, ScalarNode)] == texts
    assert not any(isinstance(value, ScalarNode) and value.empty for value in values)
    assert yaml.safe_load(written(block))["list"] == texts


@given(st.text(max_size=300), st.text(max_size=100))
def test_no_remark_breaks_out_of_its_comment(text: str, code: str) -> None:
    """Remarks hold foreign text: names, headers, templates."""
    remark = Remark(text, code)
    block = Block([remark, ("a", Items([remark, Block([remark, ("b", True), remark])])), remark])
    assert yaml.safe_load(written(block).encode("utf-8", "replace")) == {"a": [{"b": True}]}


def test_it_is_laid_out_as_a_person_would_write_it() -> None:
    """Short lists in one line, long ones below each other, remarks where they belong."""
    short: Value = Items(["a", "b c", "30s"])
    items: Value = Items([Block([Remark("first"), ("x", 1), ("z", Block())]), Remark("gone")])
    block = Block([("short", short), ("long", Items(["a" * 60, "b" * 60])), ("items", items)])
    block.add("none", Items())
    block.add("said", Items([Remark("nothing")]))
    assert written(block) == (
        "short: [a, 'b c', 30s]\n"
        f"long:\n  - {'a' * 60}\n  - {'b' * 60}\n"
        "items:\n  # first\n  - x: 1\n    z: {}\n  # gone\n"
        "none: []\n"
        "said: []\n  # nothing\n"
    )


def test_long_remarks_are_wrapped() -> None:
    """No line is longer than a page is wide."""
    text = written(Block([Remark("word " * 100)]))
    assert max(map(len, text.splitlines())) <= WIDTH
    assert text.count("word") == 100
