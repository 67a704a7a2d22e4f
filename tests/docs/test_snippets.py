"""What pages show of routes.yaml is read by the program, as an admin would paste it."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway.config.load import load
from tests.docs.pages import CHECKOUT, Snippet, pages, snippets

NOW = 1_790_000_000.0  # 2026-09-21
GENERATED = {"routes-yaml.md"}


class AnyEnvironment(dict[str, str]):
    """Knows every variable: pages do not say what tokens are."""

    def __contains__(self, name: object) -> bool:
        return True

    def __getitem__(self, name: str) -> str:
        return f"test-{name.lower()}-0000"

    def get(self, name: str, default: Any = None) -> Any:
        return self[name]


def routes_snippets() -> list[Snippet]:
    """Blocks marked `yaml` alone; those of other programs say whose they are."""
    every = (one for page in pages() for one in snippets(page))
    return [one for one in every if one.info == "yaml" and one.page.name not in GENERATED]


def merged(part: Mapping[str, Any]) -> dict[str, Any]:
    """The shipped routes.yaml with this part in it, as somebody would put it there."""
    whole: dict[str, Any] = yaml.load(
        (CHECKOUT / "routes.yaml").read_text(encoding="utf-8"), yaml.BaseLoader
    )
    for key, value in part.items():
        had = whole.get(key)
        if isinstance(had, dict) and key != "route":
            whole[key] = {**had, **value}
        elif isinstance(had, list):
            names = {one.get("name") for one in value}
            whole[key] = [one for one in had if one.get("name") not in names or None] + value
        else:
            whole[key] = value
    return whole


@pytest.mark.parametrize("snippet", routes_snippets(), ids=str)
def test_every_part_of_routes_yaml_that_is_shown_loads(snippet: Snippet) -> None:
    """Pasted into a file of its own, or into the shipped one, it has no fault and no idle part."""
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
def test_what_is_shown_of_other_files_is_well_formed(snippet: Snippet) -> None:
    """YAML of Prometheus and Alertmanager, and JSON, parse."""
    if snippet.info == "json":
        for line in snippet.text.strip().splitlines():
            json.loads(line)
    else:
        assert isinstance(yaml.safe_load(snippet.text), dict)


def test_the_readme_shows_the_sample_that_is_shipped() -> None:
    """The one curl of the first five minutes posts a file that is there."""
    readme = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    assert "@docs/samples/double-charge.json" in readme
    body = json.loads(Path(CHECKOUT / "docs" / "samples" / "double-charge.json").read_bytes())
    assert body["version"] == "4"
