"""The page for newcomers names files and folders that exist."""

import re

import pytest

from tests.docs.pages import CHECKOUT, DOCS

NAMED = sorted(
    set(
        re.findall(
            r"`((?:[a-z_0-9]+/)+(?:[a-z_0-9]+\.py)?)`", (DOCS / "architecture.md").read_text()
        )
    )
)


def test_the_page_names_many_files() -> None:
    """The pattern finds what the page names."""
    assert len(NAMED) > 20


@pytest.mark.parametrize("name", NAMED)
def test_a_named_file_or_folder_exists(name: str) -> None:
    """A reader who follows the page finds each of them."""
    assert any((root / name).exists() for root in (CHECKOUT, CHECKOUT / "gateway")), name
