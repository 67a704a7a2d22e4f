"""Links of the documentation, and what must not be on a page."""

import re
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, anchors, links, name_of, pages

FORBIDDEN = (
    re.compile(r"/(?:work|home|root|Users)/"),
    re.compile(r"/tmp/"),
    re.compile(r"\bpypi\.org|pythonhosted|artifactory|nexus\b", re.IGNORECASE),
    re.compile(r"\b(?:TODO|FIXME|XXX)\b"),
    re.compile(r"xoxb-\w|\bghp_\w|PRIVATE KEY"),
)
"""Paths of one machine, package registries, unfinished work, texts that resemble secrets."""

PEOPLE = {
    "admin",
    "alerts",
    "ana",
    "ben",
    "cho",
    "dee",
    "billing-oncall",
    "platform-oncall",
    "team",
}


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_a_relative_link_resolves(page: Path) -> None:
    """A link names an existing file and, with a fragment, one of its headings."""
    for link in links(page):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, fragment = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{name_of(page)}: {link}"
        if fragment and target.suffix == ".md":
            assert fragment in anchors(target), f"{name_of(page)}: {link}"


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_a_page_has_no_local_path_registry_or_secret(page: Path) -> None:
    """A page is for readers on any machine."""
    text = page.read_text(encoding="utf-8")
    for pattern in FORBIDDEN:
        match = pattern.search(text)
        assert match is None, f"{name_of(page)}: {match}"


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_addresses_on_a_page_are_invented(page: Path) -> None:
    """People in examples are always the same few, at example.com."""
    text = page.read_text(encoding="utf-8")
    for name, domain in re.findall(r"([\w.-]+)@([\w.-]+\.[a-z]{2,})", text):
        assert domain == "example.com" or domain.endswith(".example.com"), f"{name}@{domain}"
        assert domain != "example.com" or name in PEOPLE, f"{name}@{domain}"


def test_every_page_is_linked_from_the_table_of_contents() -> None:
    """docs/index.md, or an index that it links to, has a link to each page."""
    linked = {DOCS / "index.md"}
    waiting = list(linked)
    while waiting:
        page = waiting.pop()
        if page.name != "index.md":
            continue
        for link in links(page):
            target = (page.parent / link.partition("#")[0]).resolve()
            if target.suffix == ".md" and target.is_relative_to(DOCS) and target not in linked:
                linked.add(target)
                waiting.append(target)
    missing = {name_of(page) for page in DOCS.rglob("*.md")} - {name_of(page) for page in linked}
    assert not missing
