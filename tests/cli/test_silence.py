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
    asked = ("silence", *arguments, "--url", url)
    return await asyncio.to_thread(gateway, *asked, now=world.now, **{"USER": "ana", **env})


async def fine(running: Running, *arguments: str, **env: str) -> str:
    result = await at(running, *arguments, **env)
    assert result.exit_code == 0, result.output + repr(result.exception)
    return result.stdout


async def test_what_would_be_silenced_is_shown_before_it_is(running: Running) -> None:
    """Which alerts fire now, where they lead; then until when, and how to end it."""
    world, _ = running
    said = await fine(running, "add", "PaymentFailures", "instance=~web-.", "--for", "2h", *WHY)
    assert '{alertname="PaymentFailures", instance=~"web-."}' in said
    assert "2 alerts that fire now:" in said
    assert 'instance="web-2"' in said
    assert "RenewalCronSlow" not in said
    assert "silenced until 13:07 UTC, by Ana: database maintenance" in said
    (silence,) = await world.engine.silences.listed()
    assert f"to end it: gateway silence expire {silence.id[:8]}" in said
    assert (silence.created_by, silence.ends_at) == ("ana", world.now + 2 * HOUR)
    assert {one.incident for one in await world.advance(HOUR)} == {1002}


async def test_a_dry_run_makes_nothing(running: Running) -> None:
    """In words and as JSON."""
    world, _ = running
    asked = ("add", "team=billing", "--for", "1h", *WHY, "--dry-run")
    assert "3 alerts that fire now:" in (words := await fine(running, *asked))
    assert "nothing was silenced" in words
    data = json.loads(await fine(running, *asked, "--json"))
    assert data["preview"]["count"] == 3
    assert data["silence"] is None
    assert await world.engine.silences.listed() == []


async def test_an_incident_is_silenced_by_its_number(running: Running) -> None:
    """Its route and group are the matchers."""
    number = str((await running[0].incident()).number)
    said = await fine(
        running, "add", "--incident", f"#{number}", "--for", "1h", "--by", "ben", *WHY
    )
    assert 'team="billing", alertname="PaymentFailures"}' in said
    assert "by Ben" in said


async def test_when_it_begins_and_ends_can_be_said_in_many_ways(running: Running) -> None:
    """A wall clock of a zone, an end, or with the last alert."""
    world, _ = running
    await fine(
        *(running, "add", "A", "--starts", "2026-11-18 18:00", "--for", "1h", *WHY),
        *("--zone", "Europe/Berlin"),
    )
    await fine(running, "add", "B", "--until", "+90m", *WHY)
    said = await fine(running, "add", "C", "--until-gone", "30m", *WHY)
    assert "no alert that fires now matches" in said
    assert "or 30m after the last alert" in said
    found = {str(one.matchers[0].value): one for one in await world.engine.silences.listed()}
    assert found["A"].starts_at == 1_795_021_200.0  # 17:00 UTC
    assert found["A"].ends_at == found["A"].starts_at + HOUR
    assert found["B"].ends_at == world.now + 1.5 * HOUR
    assert (found["C"].gone_for, found["C"].ends_at) == (1800.0, world.now + 7 * 24 * HOUR)


@pytest.mark.parametrize(
    ("arguments", "says"),
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
def test_wrong_usage_is_told_without_asking_anybody(arguments: list[str], says: str) -> None:
    """Exit status 2, before anything is sent."""
    asked = ("silence", "add", *arguments, *WHY, "--url", "http://127.0.0.1:1")
    result = gateway(*asked, USER="ana")
    assert result.exit_code == 2
    assert says in result.stderr


def test_who_asks_must_be_known() -> None:
    """Others see the name beside the reason."""
    result = gateway("silence", "add", "A", "--for", "1h", *WHY)
    assert result.exit_code == 2
    assert "--by" in result.stderr


async def test_what_the_gateway_refuses_is_told(running: Running) -> None:
    """Exit status 1 with its reason; nothing is made."""
    for arguments, says in (
        (["team=~.*"], "it would silence every alert"),
        (["--incident", "5"], "there is no incident #5"),
    ):
        result = await at(running, "add", *arguments, "--for", "1h", *WHY)
        assert result.exit_code == 1
        assert says in result.stderr
    assert await running[0].engine.silences.listed() == []


async def test_they_are_listed_and_found_by_labels(running: Running) -> None:
    """What a silence says of other labels is left open; ended ones only when asked for."""
    world, _ = running
    assert "no silences" in await fine(running, "list")
    await fine(running, "add", "PaymentFailures", "--for", "2h", *WHY)
    await fine(
        running, "add", "team=platform", "--starts", "+1h", "--for", "2h", "--why", "release"
    )
    said = await fine(running, "list")
    assert "active   13:07 UTC" in said
    assert "pending  12:07 UTC to 14:07 UTC" in said
    assert "release" not in await fine(running, "list", "team=billing")
    assert "release" in await fine(running, "list", "alertname=PaymentFailures")
    assert "release" in await fine(running, "list", "PaymentFailures")
    for matcher in ("team=~plat.*", "alertname!=PaymentFailures"):
        said = await fine(running, "list", matcher)
        assert "release" in said
        assert "PaymentFailures" not in said
    data = json.loads(await fine(running, "list", "--json"))
    assert [one["state"] for one in data["silences"]] == ["active", "pending"]
    await fine(running, "expire", data["silences"][0]["id"])
    assert "PaymentFailures" not in await fine(running, "list")
    world.now += MINUTE
    assert "expired" in await fine(running, "list", "--expired", "alertname=PaymentFailures")


async def test_one_is_ended_by_the_beginning_of_its_id(running: Running) -> None:
    """E30: and whoever was told of what still fires hears of it again, at once."""
    world, _ = running
    await fine(running, "add", "PaymentFailures", "--for", "2h", *WHY)
    await world.advance(MINUTE)
    (silence,) = await world.engine.silences.listed()
    said = await fine(running, "expire", silence.id[:8])
    assert f"{silence.id[:8]} expired at 11:08 UTC: {{alertname=" in said
    heard = await world.advance(1.0)
    assert {one.reason for one in heard} == {"silence ended"}
    again = await fine(running, "expire", silence.id)
    assert "had expired at 11:08 UTC" in again


async def test_an_id_that_names_none_or_several_ends_nothing(running: Running) -> None:
    """Exit status 1; those that were named rightly beside it stay, too."""
    world, _ = running
    await fine(running, "add", "A", "--for", "2h", *WHY)
    (silence,) = await world.engine.silences.listed()
    for ids in ([silence.id, "nope"], [""]):
        result = await at(running, "expire", *ids)
        assert result.exit_code == 1
        assert "there is no silence" in result.stderr or "names" in result.stderr
    assert [one.id for one in await world.engine.silences.listed(ended=False)] == [silence.id]


async def test_explain_tells_who_silenced_it_until_when_and_why(running: Running) -> None:
    """Promise 2: by incident and by labels, with the command that ends it."""
    world, client = running
    await fine(running, "add", "instance=web-1", "--for", "2h", *WHY)
    (silence,) = await world.engine.silences.listed()
    url = str(client.make_url("/"))

    async def explained(*what: str) -> str:
        asked = ("explain", *what, "--url", url)
        result = await asyncio.to_thread(gateway, *asked, now=world.now)
        assert result.exit_code == 0, result.output
        return result.stdout

    incident = await explained("1001")
    assert (
        "1 of its 2 firing alerts: silenced by Ana until 13:07 UTC (database maintenance); "
        f"to end it: gateway silence expire {silence.id[:8]}." in incident
    )
    labels = await explained("instance=web-1")
    assert f"silenced by Ana until 13:07 UTC: database maintenance ({silence.id[:8]})" in labels


async def test_hostile_words_do_not_act_on_the_terminal(running: Running) -> None:
    """E17: what somebody else wrote into a silence is printed as nothing that acts."""
    hostile = "\x1b[31mred\nfake line"
    await fine(running, "add", "A", "--for", "2h", "--why", hostile, "--by", hostile)
    for arguments in (("list",), ("add", "A", "--for", "1h", "--why", hostile)):
        said = await fine(running, *arguments)
        assert "\x1b" not in said
        assert not any(line.startswith("fake line") for line in said.splitlines())
