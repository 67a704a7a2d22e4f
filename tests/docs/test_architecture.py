"""The page for newcomers: its files exist, and its glossary names what the code defines."""

import ast
import re
from functools import cache

import pytest

from tests.docs.pages import CHECKOUT, page_text, section, table_rows

PAGE = page_text("architecture.md")
PATHS = sorted(set(re.findall(r"`((?:[a-z_0-9]+/)+(?:[a-z_0-9]+\.py)?)`", PAGE)))
GLOSSARY = table_rows(section(PAGE, "Glossary"))[2:]


def test_the_page_names_many_files() -> None:
    """The pattern finds the paths."""
    assert len(PATHS) > 20


@pytest.mark.parametrize("name", PATHS)
def test_a_named_file_or_folder_exists(name: str) -> None:
    """A path is relative to the checkout or to `gateway/`."""
    assert any((root / name).exists() for root in (CHECKOUT, CHECKOUT / "gateway")), name


def test_the_life_of_an_alert_names_eight_files() -> None:
    """A newcomer reads eight files, in their order."""
    steps = re.findall(
        r"^(\d)\. `gateway/[a-z_/]+\.py`", section(PAGE, "The life of an alert"), re.M
    )
    assert steps == list("12345678")


@cache
def _defined_names() -> frozenset[str]:
    names = set()
    for file in (CHECKOUT / "gateway").rglob("*.py"):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                names.add(node.name)
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                names.add(node.targets[0].id)
    return frozenset(names)


@pytest.mark.parametrize("row", GLOSSARY, ids=lambda row: row[0])
def test_a_glossary_entry_names_code_that_exists(row: list[str]) -> None:
    """A term leads to a class, a function, a file or a folder."""
    names = re.findall(r"`([^`]+)`", row[2])
    assert names
    for name in names:
        path = CHECKOUT / "gateway" / name
        assert name in _defined_names() or path.exists(), name
