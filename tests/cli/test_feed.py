"""`gateway feed` against a running gateway."""

import json
from pathlib import Path
from urllib.parse import urlsplit

from tests.cli.test_commands_of_a_running_gateway import at, fine_at
from tests.web.real import served


async def test_url_is_printed_alone_and_opens_the_feed(tmp_path: Path) -> None:
    """A script can use what is printed."""
    async with served(tmp_path) as (world, client):
        url = (await fine_at(world, client, "feed", "url", "person:ana")).strip()
        answer = await client.get(urlsplit(url).path)
        assert (await answer.text()).startswith("BEGIN:VCALENDAR")


async def test_list_names_every_feed_and_no_secret(tmp_path: Path) -> None:
    """Rotas, then people, and when URLs were revoked."""
    async with served(tmp_path) as (world, client):
        text = await fine_at(world, client, "feed", "list")
        assert [line.split()[0] for line in text.splitlines()[1:]] == [
            "rota:billing",
            "person:ana",
            "person:ben",
        ]
        await fine_at(world, client, "feed", "revoke", "person:ana", "--as", "ben")
        text = await fine_at(world, client, "feed", "list")
        assert "11:06 UTC by ben" in text
        assert ".ics" not in text + await fine_at(world, client, "feed", "list", "--json")


async def test_revoke_prints_the_new_url(tmp_path: Path) -> None:
    """The old one is gone, and the same command's JSON has the whole feed."""
    async with served(tmp_path) as (world, client):
        old = (await fine_at(world, client, "feed", "url", "rota:billing")).strip()
        new = await fine_at(world, client, "feed", "revoke", "rota:billing", "--as", "ana")
        assert new.strip() != old
        assert (await client.get(urlsplit(old).path)).status == 410
        feed = json.loads(await fine_at(world, client, "feed", "url", "rota:billing", "--json"))
        assert feed["url"] == new.strip()


async def test_unknown_feed_is_an_error_with_the_nearest(tmp_path: Path) -> None:
    """Exit status 1, and what to write instead."""
    async with served(tmp_path) as (world, client):
        result = await at(world, client, "feed", "url", "person:anna")
        assert result.exit_code == 1
        assert "did you mean person:ana?" in result.stderr


async def test_url_needs_write_access(tmp_path: Path) -> None:
    """Without the token the command says which setting is missing."""
    async with served(
        tmp_path, listen="0.0.0.0:9095", api_token="test-api-token", public_reads="1"
    ) as (world, client):
        result = await at(world, client, "feed", "url", "person:ana")
        assert result.exit_code == 1
        assert "GATEWAY_API_TOKEN" in result.stderr
