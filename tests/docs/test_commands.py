"""Commands, options, settings and paths that the documentation shows."""

import re
import shlex
from collections.abc import Iterator

import click
import pytest

from gateway.cli import main
from gateway.settings import SETTINGS, TEST_PREFIXES
from gateway.web.api_v1.endpoints import ENDPOINTS
from tests.docs.pages import CHECKOUT, code_spans, name_of, pages, snippets

SHELL = {"sh", "bash", "console"}


def shown_commands() -> Iterator[tuple[str, str]]:
    """Yield every `gateway …` on a page: its position, and the words after `gateway`."""
    for page in pages():
        lines = [(name_of(page), span) for span in code_spans(page) if span.startswith("gateway ")]
        for snippet in snippets(page):
            if snippet.info in SHELL:
                lines += [(str(snippet), line) for line in snippet.text.splitlines()]
        for where, line in lines:
            for match in re.finditer(r"(?:^|[ /=])gateway ([a-z].*)$", line):
                yield where, re.sub(r"(?:^|\s)#\s.*$|\)$", "", match[1]).strip()


COMMANDS = sorted(set(shown_commands()))


def test_the_pages_show_many_commands() -> None:
    """The pattern finds the commands."""
    assert len(COMMANDS) > 30


@pytest.mark.parametrize(("where", "line"), COMMANDS)
def test_a_command_on_a_page_exists_with_its_options(where: str, line: str) -> None:
    """A page names no command and no option that `gateway` does not have."""
    words = shlex.split(line.replace("…", "").rstrip("\\"))
    context = click.Context(main)
    command = main.get_command(context, words[0])
    assert command is not None, f"{where}: there is no gateway {words[0]}"
    if isinstance(command, click.Group) and len(words) > 1:
        command = command.get_command(context, words[1])
        assert command is not None, f"{where}: there is no gateway {words[0]} {words[1]}"
    options = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
    options |= {"--help", "-h"}
    for word in words[1:]:
        if word.startswith("--"):
            assert word.partition("=")[0] in options, f"{where}: gateway {words[0]} {word}"


def test_a_make_target_on_a_page_exists() -> None:
    """`make x` on a page is a target of the Makefile."""
    targets = set(re.findall(r"^([a-z]+):", (CHECKOUT / "Makefile").read_text(), re.MULTILINE))
    for page in pages():
        shown = [span for span in code_spans(page) if re.fullmatch(r"make [a-z]+", span)]
        for snippet in snippets(page):
            if snippet.info in SHELL:
                shown += re.findall(r"^make [a-z]+|(?<= )make [a-z]+$", snippet.text, re.MULTILINE)
        for one in shown:
            assert one.split()[1] in targets, f"{name_of(page)}: {one}"


def test_settings_on_pages_are_those_of_the_program() -> None:
    """No page names an unknown GATEWAY_* setting, and docs/settings.md has them all."""
    known = {setting.name for setting in SETTINGS}
    for page in pages():
        text = page.read_text(encoding="utf-8")
        named = set(re.findall(r"GATEWAY_[A-Z_]+[A-Z]", text))
        named = {name for name in named if not name.startswith(TEST_PREFIXES)}
        assert named <= known, f"{name_of(page)}: {named - known}"
    settings = (CHECKOUT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert [name for name in sorted(known) if f"`{name}`" not in settings] == []


def test_a_path_of_the_api_on_a_page_exists() -> None:
    """`/api/v1/…` on a page is an endpoint of the table, or the document that describes it."""
    known = {re.sub(r"\{number\}", "N", endpoint.path) for endpoint in ENDPOINTS}
    known |= {"/api/v1/openapi.json", "/api/v1"}
    for page in pages():
        for path in re.findall(r"/api/v1[a-z0-9/.-]*", page.read_text(encoding="utf-8")):
            shown = re.sub(r"/\d+(?=/|$)", "/N", path.rstrip("./"))
            assert shown in known, f"{name_of(page)}: {path}"
