"""Generated pages about commands and settings."""

import re
from pathlib import Path

import click
import pytest

from gateway.cli import COMMANDS
from gateway.cli.reference import DOCS, PAGES, commands, commands_page
from gateway.settings import SETTINGS, TEST_PREFIXES

PACKAGE = DOCS.parent / "gateway"
WITHOUT_DATA = {"serve", "record"}


@pytest.mark.parametrize("name", PAGES)
def test_the_shipped_pages_are_up_to_date(name: str) -> None:
    """A changed help text or setting without `make docs` fails here."""
    assert (DOCS / name).read_text() == PAGES[name](), "run: make docs"


def test_every_command_is_documented() -> None:
    """Each has a section, a sentence on what it does, and help for each of its options."""
    page = commands_page()
    assert [name for name, _ in commands() if " " not in name] == list(COMMANDS)
    for name, command in commands():
        assert f"## gateway {name}\n" in page
        assert command.help, name
        options = [one for one in command.params if isinstance(one, click.Option)]
        assert [option.name for option in options if not option.help] == [], name


def test_every_command_that_prints_data_has_json() -> None:
    """Programs read the output too."""
    lacking = {
        name
        for name, command in commands()
        if not isinstance(command, click.Group)
        and not any("--json" in option.opts for option in command.params)
    }
    assert lacking == WITHOUT_DATA


def test_every_setting_is_documented() -> None:
    """Every GATEWAY_… that the program names is in the table, with a meaning."""
    known = {setting.name for setting in SETTINGS}
    assert all(setting.help for setting in SETTINGS)
    spoken_of = {
        name
        for file in PACKAGE.rglob("*.py")
        for name in re.findall(r"\bGATEWAY_[A-Z][A-Z_]*[A-Z]\b", file.read_text())
    }
    prefixes = {prefix.rstrip("_") for prefix in TEST_PREFIXES}
    assert spoken_of - known - prefixes == set()


def test_docs_name_only_settings_that_exist() -> None:
    """A page must not send an admin to a removed variable."""
    known = {setting.name for setting in SETTINGS}
    for page in sorted(Path(DOCS).rglob("*.md")):
        named = set(re.findall(r"\bGATEWAY_[A-Z][A-Z_]*[A-Z]\b", page.read_text()))
        unknown = {name for name in named - known if not name.startswith(TEST_PREFIXES)}
        assert unknown == set(), page
