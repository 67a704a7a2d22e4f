"""The page of what would follow from an alert."""

from pathlib import Path

from tests.web.pages.test_silencing_pages import page_of
from tests.web.real import served


async def test_page_shows_who_is_notified_when(tmp_path: Path) -> None:
    """The form's labels and time lead to the moments of the incident."""
    async with served(tmp_path) as (_, client):
        empty = await page_of(client, "GET", "/explain")
        assert "What if an alert fires?" in empty
        path = "/explain?labels=severity%3Dcritical+team%3Dbilling&at=2026-11-21T03:00&lasts=8h"
        text = await page_of(client, "GET", path)
        assert "It fires on Sat 21 Nov, 03:00 UTC, for 8 h." in text
        assert "escalated : step 1: Ana" in text or "escalated: step 1: Ana" in text
        assert "The same again every 2h" in text


async def test_wrong_labels_and_times_are_explained_on_the_page(tmp_path: Path) -> None:
    """The page says what is wrong, beside the form with what was typed."""
    async with served(tmp_path) as (_, client):
        for query in (
            "labels=a!%3Db",
            "labels=a%3Db&at=tomorrow",
            "labels=a%3Db&at=9999-12-31T23:59",
        ):
            answer = await client.get(f"/explain?{query}")
            assert answer.status == 422, query
            assert "NOT SHOWN" in await answer.text()
