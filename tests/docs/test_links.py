"""Pages lead where they say, and hold nothing that belongs elsewhere."""

import re
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, anchors, links, name_of, pages

NOT_OURS_TO_SAY = (
    re.compile(r"/(?:work|home|root|Users)/"),
    re.compile(r"/tmp/"),
    re.compile(r"\bpypi\.org|pythonhosted|artifactory|nexus\b", re.IGNORECASE),
    re.compile(r"\b(?:TODO|FIXME|XXX)\b"),
    re.compile(r"xoxb-\w|\bghp_\w|PRIVATE KEY"),
)
"""Paths of one machine, package registries, unfinished business, things that look like secrets."""

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
def test_every_relative_link_resolves(page: Path) -> None:
    """A link leads to a file that is there and, where it names one, to a heading of it."""
    for link in links(page):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, fragment = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{name_of(page)}: {link}"
        if fragment and target.suffix == ".md":
            assert fragment in anchors(target), f"{name_of(page)}: {link}"


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_no_page_holds_what_belongs_elsewhere(page: Path) -> None:
    """No path of somebody's machine, no registry, no unfinished note, nothing like a secret."""
    text = page.read_text(encoding="utf-8")
    for pattern in NOT_OURS_TO_SAY:
        found = pattern.search(text)
        assert found is None, f"{name_of(page)}: {found}"


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_addresses_are_made_up_ones(page: Path) -> None:
    """People in examples are always the same few, at example.com."""
    text = page.read_text(encoding="utf-8")
    for name, domain in re.findall(r"([\w.-]+)@([\w.-]+\.[a-z]{2,})", text):
        assert domain == "example.com" or domain.endswith(".example.com"), f"{name}@{domain}"
        assert domain != "example.com" or name in PEOPLE, f"{name}@{domain}"


def test_every_page_can_be_found_from_the_table_of_contents() -> None:
    """No page is an island: each is linked from docs/index.md, or from an index it links to."""
    found = {DOCS / "index.md"}
    waiting = list(found)
    while waiting:
        page = waiting.pop()
        if page.name != "index.md":
            continue
        for link in links(page):
            target = (page.parent / link.partition("#")[0]).resolve()
            if target.suffix == ".md" and target.is_relative_to(DOCS) and target not in found:
                found.add(target)
                waiting.append(target)
    missing = {name_of(page) for page in DOCS.rglob("*.md")} - {name_of(page) for page in found}
    assert not missing
