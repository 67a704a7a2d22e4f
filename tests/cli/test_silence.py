"""`gateway silence`, against a whole gateway in virtual time."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from click.testing import Result

from tests.cli.console import gateway
from tests.flow.world import HOUR, MINUTE, World, alert
from tests.web.real import Client, served

Running = tuple[World, Client]
WHY = ("--why", "database maintenance")


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    async with served(tmp_path) as (world, client):
        await world.post(
            alert("PaymentFailures", "warning", instance="web-1"),
            alert("PaymentFailures", "warning", instance="web-2"),
            alert("RenewalCronSlow", "warning"),
        )
        await world.advance(MINUTE)
        yield world, client


async def at(running: Running, *arguments: str, **env: str) -> Result:
    world, client = running
    url = str(client.make_url("/"))
    arguments = ("silence", *arguments, "--url", url)
    return await asyncio.to_thread(gateway, *arguments, now=world.now, **{"USER": "ana", **env})


async def fine(running: Running, *arguments: str, **env: str) -> str:
    result = await at(running, *arguments, **env)
    assert result.exit_code == 0, result.output + repr(result.exception)
    return result.stdout


async def test_silence_add_prints_the_matching_alerts_first(running: Running) -> None:
    """Which alerts fire now and where they go; then until when, and how to end it."""
    world, _ = running
    text = await fine(running, "add", "PaymentFailures", "instance=~web-.", "--for", "2h", *WHY)
    assert '{alertname="PaymentFailures", instance=~"web-."}' in text
    assert "2 alerts that fire now:" in text
    assert 'instance="web-2"' in text
    assert "RenewalCronSlow" not in text
    assert "silenced until 13:07 UTC, by Ana: database maintenance" in text
    (silence,) = await world.engine.silences.listed()
    assert f"to end it: gateway silence expire {silence.id[:8]}" in text
    assert (silence.created_by, silence.ends_at) == ("ana", world.now + 2 * HOUR)
    assert {one.incident for one in await world.advance(HOUR)} == {1002}


async def test_dry_run_creates_no_silence(running: Running) -> None:
    """In words and as JSON."""
    world, _ = running
    arguments = ("add", "team=billing", "--for", "1h", *WHY, "--dry-run")
    assert "3 alerts that fire now:" in (words := await fine(running, *arguments))
    assert "nothing was silenced" in words
    data = json.loads(await fine(running, *arguments, "--json"))
    assert data["preview"]["count"] == 3
    assert data["silence"] is None
    assert await world.engine.silences.listed() == []


async def test_incident_is_silenced_by_its_number(running: Running) -> None:
    """The matchers are those of its route and group."""
    number = str((await running[0].incident()).number)
    text = await fine(
        running, "add", "--incident", f"#{number}", "--for", "1h", "--by", "ben", *WHY
    )
    assert 'team="billing", alertname="PaymentFailures"}' in text
    assert "by Ben" in text


async def test_silence_period_is_read_in_every_format(running: Running) -> None:
    """A wall clock of a zone, an end, or the last alert."""
    world, _ = running
    await fine(
        *(running, "add", "A", "--starts", "2026-11-18 18:00", "--for", "1h", *WHY),
        *("--zone", "Europe/Berlin"),
    )
    await fine(running, "add", "B", "--until", "+90m", *WHY)
    text = await fine(running, "add", "C", "--until-gone", "30m", *WHY)
    assert "no alert that fires now matches" in text
    assert "or 30m after the last alert" in text
    match = {str(one.matchers[0].value): one for one in await world.engine.silences.listed()}
    assert match["A"].starts_at == 1_795_021_200.0  # 17:00 UTC
    assert match["A"].ends_at == match["A"].starts_at + HOUR
    assert match["B"].ends_at == world.now + 1.5 * HOUR
    assert (match["C"].gone_for, match["C"].ends_at) == (1800.0, world.now + 7 * 24 * HOUR)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["--for", "1h"], "give matchers or --incident"),
        (["A", "--incident", "1001", "--for", "1h"], "give matchers or --incident"),
        (["A"], "say for how long"),
        (["A", "--for", "1h", "--until", "+1h"], "both set the end"),
        (["A", "--for", "soon"], "--for: 'soon' is not a duration"),
        (["A", "--for", "0s"], "--for '0s': must be longer"),
        (["A", "--until", "-1h"], "end before it begins"),
        (["A", "--until-gone", "x"], "--until-gone: 'x' is not a duration"),
        (["team=~(", "--for", "1h"], "MATCHER '(' is not an RE2 pattern"),
        (["--incident", "x", "--for", "1h"], "'x' is not an incident number"),
    ],
)
def test_wrong_usage_of_silence_is_refused_before_any_request(
    arguments: list[str], text: str
) -> None:
    """Exit status 2, before any request."""
    arguments = ("silence", "add", *arguments, *WHY, "--url", "http://127.0.0.1:1")
    result = gateway(*arguments, USER="ana")
    assert result.exit_code == 2
    assert text in result.stderr


def test_silence_needs_a_creator() -> None:
    """Others see the name beside the reason."""
    result = gateway("silence", "add", "A", "--for", "1h", *WHY)
    assert result.exit_code == 2
    assert "--by" in result.stderr


async def test_refusal_of_the_gateway_is_printed(running: Running) -> None:
    """Exit status 1 with the gateway's own message."""
    for arguments, text in (
        (["team=~.*"], "it would silence every alert"),
        (["--incident", "5"], "there is no incident #5"),
    ):
        result = await at(running, "add", *arguments, "--for", "1h", *WHY)
        assert result.exit_code == 1
        assert text in result.stderr
    assert await running[0].engine.silences.listed() == []


async def test_silences_are_listed_by_labels(running: Running) -> None:
    """Other labels of a silence are left open; expired ones are listed only with --expired."""
    world, _ = running
    assert "no silences" in await fine(running, "list")
    await fine(running, "add", "PaymentFailures", "--for", "2h", *WHY)
    await fine(
        running, "add", "team=platform", "--starts", "+1h", "--for", "2h", "--why", "release"
    )
    text = await fine(running, "list")
    assert "active   13:07 UTC" in text
    assert "pending  12:07 UTC to 14:07 UTC" in text
    assert "release" not in await fine(running, "list", "team=billing")
    assert "release" in await fine(running, "list", "alertname=PaymentFailures")
    assert "release" in await fine(running, "list", "PaymentFailures")
    for matcher in ("team=~plat.*", "alertname!=PaymentFailures"):
        text = await fine(running, "list", matcher)
        assert "release" in text
        assert "PaymentFailures" not in text
    data = json.loads(await fine(running, "list", "--json"))
    assert [one["state"] for one in data["silences"]] == ["active", "pending"]
    await fine(running, "expire", data["silences"][0]["id"])
    assert "PaymentFailures" not in await fine(running, "list")
    world.now += MINUTE
    assert "expired" in await fine(running, "list", "--expired", "alertname=PaymentFailures")


async def test_silence_expires_by_the_first_characters_of_its_id(running: Running) -> None:
    """E30: alerts that still fire notify again at once."""
    world, _ = running
    await fine(running, "add", "PaymentFailures", "--for", "2h", *WHY)
    await world.advance(MINUTE)
    (silence,) = await world.engine.silences.listed()
    text = await fine(running, "expire", silence.id[:8])
    assert f"{silence.id[:8]} expired at 11:08 UTC: {{alertname=" in text
    delivered = await world.advance(1.0)
    assert {one.reason for one in delivered} == {"silence ended"}
    again = await fine(running, "expire", silence.id)
    assert "had expired at 11:08 UTC" in again


async def test_ambiguous_or_unknown_id_expires_nothing(running: Running) -> None:
    """Exit status 1; silences that were named correctly beside it stay, too."""
    world, _ = running
    await fine(running, "add", "A", "--for", "2h", *WHY)
    (silence,) = await world.engine.silences.listed()
    for ids in ([silence.id, "nope"], [""]):
        result = await at(running, "expire", *ids)
        assert result.exit_code == 1
        assert "there is no silence" in result.stderr or "names" in result.stderr
    assert [one.id for one in await world.engine.silences.listed(ended=False)] == [silence.id]


async def test_explain_prints_who_silenced_it_until_when_and_why(running: Running) -> None:
    """Promise 2: by incident and by labels, with the command that ends it."""
    world, client = running
    await fine(running, "add", "instance=web-1", "--for", "2h", *WHY)
    (silence,) = await world.engine.silences.listed()
    url = str(client.make_url("/"))

    async def explained(*what: str) -> str:
        arguments = ("explain", *what, "--url", url)
        result = await asyncio.to_thread(gateway, *arguments, now=world.now)
        assert result.exit_code == 0, result.output
        return result.stdout

    incident = await explained("1001")
    assert (
        "1 of its 2 firing alerts: silenced by Ana until 13:07 UTC (database maintenance); "
        f"to end it: gateway silence expire {silence.id[:8]}." in incident
    )
    labels = await explained("instance=web-1")
    assert f"silenced by Ana until 13:07 UTC: database maintenance ({silence.id[:8]})" in labels


async def test_hostile_comments_are_escaped(running: Running) -> None:
    """E17: the text of another person cannot control the terminal."""
    hostile = "\x1b[31mred\nfake line"
    await fine(running, "add", "A", "--for", "2h", "--why", hostile, "--by", hostile)
    for arguments in (("list",), ("add", "A", "--for", "1h", "--why", hostile)):
        text = await fine(running, *arguments)
        assert "\x1b" not in text
        assert not any(line.startswith("fake line") for line in text.splitlines())
