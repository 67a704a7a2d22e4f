"""Fenced blocks of the documentation, loaded as a reader would paste them."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway.config.load import load
from tests.cli.console import fine
from tests.docs.pages import CHECKOUT, Snippet, pages, snippets

NOW = 1_790_000_000.0  # 2026-09-21
GENERATED = {"routes-yaml.md"}


class AnyEnvironment(dict[str, str]):
    """An environment that has every variable, because pages show no tokens."""

    def __contains__(self, name: object) -> bool:
        return True

    def __getitem__(self, name: str) -> str:
        starts = {"_URL": "https://example.com/", "_SERVICE": "jsons://example.com/"}
        start = next((start for end, start in starts.items() if name.endswith(end)), "")
        return f"{start}test-{name.lower()}-0000"

    def get(self, name: str, default: Any = None) -> Any:
        return self[name]


def routes_snippets() -> list[Snippet]:
    """Return the blocks marked `yaml` alone; other programs' blocks have a second word."""
    every = (one for page in pages() for one in snippets(page))
    return [one for one in every if one.info == "yaml" and one.page.name not in GENERATED]


def merged(part: Mapping[str, Any]) -> dict[str, Any]:
    """Return the shipped routes.yaml with this part added, as a reader would add it."""
    whole: dict[str, Any] = yaml.load(
        (CHECKOUT / "routes.yaml").read_text(encoding="utf-8"), yaml.BaseLoader
    )
    for key, value in part.items():
        present = whole.get(key)
        if isinstance(present, dict) and key != "route":
            whole[key] = {**present, **value}
        elif isinstance(present, list):
            names = {one.get("name") for one in value}
            whole[key] = [one for one in present if one.get("name") not in names or None] + value
        else:
            whole[key] = value
    return whole


@pytest.mark.parametrize("snippet", routes_snippets(), ids=str)
def test_a_shown_part_of_routes_yaml_loads(snippet: Snippet) -> None:
    """Alone, or pasted into the shipped file, it has no error and no part without effect."""
    part = yaml.load(snippet.text, yaml.BaseLoader)
    assert isinstance(part, dict)
    text = snippet.text
    if "route" not in part or "receivers" not in part:
        text = yaml.safe_dump(merged(part), allow_unicode=True, sort_keys=False)
    config = load(text, env=AnyEnvironment(), read_file=lambda path: b"test-content-0000", now=NOW)
    warnings = [str(one) for one in config.warnings]
    assert not [one for one in warnings if "never" in one or "muted for good" in one]


def other_snippets() -> Iterator[Snippet]:
    for page in pages():
        for one in snippets(page):
            if one.info.startswith("yaml ") or one.info == "json":
                yield one


@pytest.mark.parametrize("snippet", list(other_snippets()), ids=str)
def test_a_shown_part_of_another_file_is_well_formed(snippet: Snippet) -> None:
    """YAML of Prometheus and Alertmanager, and JSON, parse."""
    if snippet.info == "json":
        for line in snippet.text.strip().splitlines():
            json.loads(line)
    else:
        assert isinstance(yaml.safe_load(snippet.text), dict)


def test_shown_tests_of_routes_pass_on_the_shipped_file(tmp_path: Path) -> None:
    """`gateway test` runs the blocks marked `yaml tests`."""
    blocks = [one for page in pages() for one in snippets(page) if one.info == "yaml tests"]
    assert len(blocks) >= 2
    (tmp_path / "routes.yaml").write_bytes((CHECKOUT / "routes.yaml").read_bytes())
    for number, block in enumerate(blocks):
        file = tmp_path / f"{number}.yaml"
        file.write_text(block.text, encoding="utf-8")
        fine("test", str(file))


def test_the_sample_of_the_readme_ships() -> None:
    """The first command of the README posts an existing file."""
    readme = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    assert "@docs/samples/double-charge.json" in readme
    body = json.loads(Path(CHECKOUT / "docs" / "samples" / "double-charge.json").read_bytes())
    assert body["version"] == "4"
