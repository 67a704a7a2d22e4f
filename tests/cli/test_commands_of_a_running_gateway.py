"""Commands that call a running gateway: a whole one, in virtual time, over real HTTP."""

import asyncio
import json
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from click.testing import Result

from gateway.core.incidents.retry import Failure, SendError
from tests.cli.console import gateway
from tests.flow.world import MINUTE, World, alert
from tests.web.real import Client, served

TOKEN = "test-api-token"


async def at(world: World, client: Client, *arguments: str, **env: str) -> Result:
    """Run a command in a thread, because the world belongs to this one."""
    url = str(client.make_url("/"))
    return await asyncio.to_thread(gateway, *arguments, "--url", url, now=world.now, **env)


async def fine_at(world: World, client: Client, *arguments: str) -> str:
    """What it prints when it succeeds."""
    result = await at(world, client, *arguments)
    assert result.exit_code == 0, result.output + repr(result.exception)
    return result.stdout


async def test_incidents_are_listed_and_printed_in_detail(tmp_path: Path) -> None:
    """The list is an overview; the number prints everything."""
    async with served(tmp_path) as (world, client):
        assert "no incidents are open" in await fine_at(world, client, "incidents")
        await world.post(alert(), alert("SlowInvoices", "warning"))
        await world.advance(MINUTE)
        text = await fine_at(world, client, "incidents")
        assert "#1001   critical  unacknowledged  11:06 UTC  11:21 UTC       billing" in text
        assert text.startswith("unacknowledged: 1 critical, 1 warning\n")
        assert "#1002" not in await fine_at(world, client, "incidents", "--severity", "critical")
        whole = await fine_at(world, client, "incidents", "1001", "--zone", "Europe/Berlin")
        assert "Acknowledge by 12:21 CET. Ben is paged then." in whole
        assert "escalated  step 1: Ana" in whole
        assert "ana by e-mail ana@example.com" in whole
        assert "links\n  Runbook: https://runbooks.example.com/billing\n" in whole
        data = json.loads(await fine_at(world, client, "incidents", "#1001", "--json"))
        assert data["number"] == 1001


async def test_list_prints_by_when_to_acknowledge(tmp_path: Path) -> None:
    """By when, since when it is overdue, and "not notifying" where nobody is notified."""
    async with served(tmp_path) as (world, client):
        await world.post(alert("BillingDatabaseDown"), alert("SlowInvoices", "warning"))
        await world.advance(10 * MINUTE)
        text = await fine_at(world, client, "incidents")
        assert "#1001   critical  unacknowledged  11:06 UTC  11:21 UTC       billing" in text
        assert "#1002   warning   suppressed      11:06 UTC  not notifying   billing" in text
        whole = await fine_at(world, client, "incidents", "1002")
        assert "\nNot notifying: inhibited by rule 1.\n" in whole
        await world.advance(10 * MINUTE)
        assert "overdue since 11:21 UTC" in await fine_at(world, client, "incidents")
        await fine_at(world, client, "ack", "1001", "--as", "ana")
        assert "11:21" not in await fine_at(world, client, "incidents")


async def test_acknowledgement_is_made_printed_and_undone(tmp_path: Path) -> None:
    """The first one wins, the second is refused with the person's name, and undo reverts it."""
    async with served(tmp_path) as (world, client):
        await world.post(alert())
        await world.advance(MINUTE)
        text = await fine_at(world, client, "ack", "1001", "--as", "ana")
        assert "#1001 acknowledged by Ana since 11:07 UTC" in text
        assert (await world.incident()).ack is not None
        again = await fine_at(world, client, "ack", "1001", "--as", "ana")
        assert "already acknowledged by Ana" in again
        assert "acknowledged by Ana" in await fine_at(world, client, "incidents")
        undone = await fine_at(world, client, "unack", "1001", "--as", "ana")
        assert "acknowledgement undone" in undone
        assert (await world.incident()).ack is None
        again = await at(world, client, "unack", "1001", "--as", "ana")
        assert again.exit_code == 1
        assert "not acknowledged" in again.stderr


async def test_second_acknowledgement_names_the_holder_and_the_command(tmp_path: Path) -> None:
    """E20: exit status 1, who acknowledged, and how to take it over."""
    async with served(tmp_path) as (world, client):
        await world.post(alert())
        await world.advance(MINUTE)
        await fine_at(world, client, "ack", "1001", "--as", "ana")
        second = await at(world, client, "ack", "1001", "--as", "ben")
        assert second.exit_code == 1
        assert "already acknowledged by Ana" in second.stdout
        assert "to take it over: gateway take 1001 --as ben --from ana\n" in second.stdout
        data = await at(world, client, "ack", "1001", "--as", "ben", "--json")
        assert data.exit_code == 1
        assert json.loads(data.stdout)["incident"]["acknowledged"]["by"]["id"] == "ana"


async def test_take_over_is_one_step_and_can_be_undone(tmp_path: Path) -> None:
    """E20: one command takes an incident over, a late second one is refused, and it is undone."""
    async with served(tmp_path) as (world, client):
        await world.post(alert())
        await world.advance(MINUTE)
        await fine_at(world, client, "ack", "1001", "--as", "ana")
        taken = await fine_at(world, client, "take", "1001", "--as", "ben", "--from", "ana")
        assert "#1001 taken over by Ben since 11:07 UTC" in taken
        assert "to undo: gateway unack 1001 --as ben --back   (returns it to Ana; until" in taken
        for more in ((), ("--from", "ana")):
            late = await at(world, client, "take", "1001", "--as", "cho", *more)
            assert late.exit_code == 1
            assert (
                "incident #1001 is acknowledged by Ben; to take it over, run: "
                "gateway take 1001 --as cho --from ben\n" in late.stderr
            )
        back = await fine_at(world, client, "unack", "1001", "--as", "ben", "--back")
        assert "given back: acknowledged by Ana" in back
        again = await at(world, client, "unack", "1001", "--as", "ben", "--back")
        assert again.exit_code == 1
        assert "incident #1001 cannot be given back" in again.stderr


async def test_undeclared_person_acknowledges_with_a_warning(tmp_path: Path) -> None:
    """A typing mistake is visible at once; standard output stays as it was."""
    async with served(tmp_path) as (world, client):
        await world.post(alert())
        await world.advance(MINUTE)
        slip = await at(world, client, "ack", "1001", "--as", "Anna", "--json")
        assert slip.exit_code == 0
        assert slip.stderr == (
            'warning: routes.yaml declares no person "Anna": done in that name, but nobody '
            "can be reminded by it. Did you mean ana? Declared: ana, ben.\n"
        )
        answer = json.loads(slip.stdout)
        assert answer["incident"]["acknowledged"]["by"]["id"] == "Anna"
        assert len(answer["warnings"]) == 1
        undone = await at(world, client, "unack", "1001", "--as", "Anna")
        assert "Did you mean ana?" in undone.stderr
        right = await at(world, client, "ack", "1001", "--as", "ana")
        assert right.stderr == ""


async def test_closed_gateway_names_the_setting_that_opens_it(tmp_path: Path) -> None:
    """Beyond loopback without a token, requests from the same machine are refused too."""
    async with served(tmp_path, listen="0.0.0.0:9095") as (world, client):
        result = await at(world, client, "incidents")
        assert result.exit_code == 1
        assert result.stderr == (
            "gateway: closed because the gateway listens beyond loopback without an API token: set "
            "GATEWAY_API_TOKEN or GATEWAY_PUBLIC_READS=1\n"
        )


async def test_attempts_of_a_failed_delivery_are_printed(tmp_path: Path) -> None:
    """Promise 13: the vendor's error is printed with the dead letter."""
    async with served(tmp_path) as (world, client):
        world.break_channel("email", lambda: SendError(Failure.BAD_RECIPIENT, "inactive"))
        await world.post(alert())
        await world.advance(MINUTE)
        text = await fine_at(world, client, "incidents", "1001")
        assert "given up: inactive" in text
        assert "bad recipient: inactive" in text


async def test_explain_answers_about_incidents_labels_and_people(tmp_path: Path) -> None:
    """Promise 2: each of the three questions, in words; times in one zone."""
    async with served(tmp_path) as (world, client):
        await world.post(alert())
        await world.advance(MINUTE)
        incident = await fine_at(world, client, "explain", "1001", "--zone", "Europe/Berlin")
        assert "Step 2 of escalation billing notifies Ben at 12:21 CET" in incident
        assert "UTC" not in incident
        labels = await fine_at(world, client, "explain", "team=billing", "severity=critical")
        assert "goes to billing; incidents: #1001" in labels
        person = await fine_at(world, client, "explain", "--person", "ben", "--since", "2h")
        assert "Not notified yet: step 2 notifies Ben at" in person
        ana = await fine_at(world, client, "explain", "--person", "ana")
        assert "Notified by e-mail at 11:06 UTC (first)." in ana
        data = json.loads(await fine_at(world, client, "explain", "1001", "--json"))
        assert data["incidents"][0]["told"]


async def test_refusal_of_the_gateway_is_printed(tmp_path: Path) -> None:
    """Exit status 1 with the gateway's own message."""
    async with served(tmp_path) as (world, client):
        for arguments in (
            ("incidents", "5"),
            ("ack", "5", "--as", "ana"),
            ("explain", "5"),
            ("explain", "--person", "anna"),
        ):
            result = await at(world, client, *arguments)
            assert result.exit_code == 1
            assert "there is no" in result.stderr


async def test_token_is_sent_and_a_missing_one_explained(tmp_path: Path) -> None:
    """401 names the missing setting, and the token is never printed."""
    async with served(tmp_path, api_token=TOKEN) as (world, client):
        await world.post(alert())
        await world.advance(MINUTE)
        refused = await at(world, client, "ack", "1001", "--as", "ana")
        assert refused.exit_code == 1
        assert "Set GATEWAY_API_TOKEN" in refused.stderr
        wrong = await at(world, client, "ack", "1001", "--as", "ana", GATEWAY_API_TOKEN="test-no")
        assert wrong.exit_code == 1
        right = await at(world, client, "ack", "1001", "--as", "ana", GATEWAY_API_TOKEN=TOKEN)
        assert right.exit_code == 0
        assert TOKEN not in right.output


async def test_hostile_labels_are_escaped(tmp_path: Path) -> None:
    """E17: escape sequences and line ends in labels cannot control the terminal."""
    async with served(tmp_path) as (world, client):
        hostile = "\x1b[31mred\nfake line \u202egnp"
        await world.post(alert(hostile, annotations={"summary": hostile}, job=hostile))
        await world.advance(MINUTE)
        for arguments in (("incidents",), ("incidents", "1001"), ("explain", "1001")):
            text = await fine_at(world, client, *arguments)
            assert "\x1b" not in text
            assert "\u202e" not in text
            assert not any(line.startswith("fake line") for line in text.splitlines())


async def test_unreachable_gateway_is_an_error_with_what_to_do() -> None:
    """The message has the address, and what to do."""
    result = gateway("incidents", GATEWAY_LISTEN="127.0.0.1:1")
    assert result.exit_code == 1
    assert "no gateway answers at http://127.0.0.1:1" in result.stderr
    assert "gateway serve" in result.stderr


async def test_redirect_is_not_followed_with_the_token() -> None:
    """Promise 10: a redirect cannot send the token to another server."""
    seen: list[Any] = []

    async def elsewhere(request: web.Request) -> web.StreamResponse:
        seen.append(request.headers.get("Authorization"))
        return web.json_response({})

    async def redirect(request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound("/elsewhere")

    app = web.Application()
    app.router.add_get("/elsewhere", elsewhere)
    app.router.add_get("/api/v1/incidents", redirect)
    async with TestServer(app) as server:
        url = str(server.make_url("/"))
        arguments = ("incidents", "--url", url)
        result = await asyncio.to_thread(gateway, *arguments, GATEWAY_API_TOKEN=TOKEN)
    assert result.exit_code == 1
    assert "is it a gateway?" in result.stderr
    assert seen == []


def test_address_comes_from_the_settings() -> None:
    """--url, else the listening address, else the external URL."""
    external = {"GATEWAY_EXTERNAL_URL": "http://127.0.0.1:2"}
    assert "http://127.0.0.1:2 " in gateway("incidents", **external).stderr
    both = gateway("incidents", GATEWAY_LISTEN="0.0.0.0:3", **external)
    assert "http://127.0.0.1:3 " in both.stderr
    below = gateway("incidents", GATEWAY_LISTEN="0.0.0.0:3", GATEWAY_ROUTE_PREFIX="/alertmanager")
    assert "http://127.0.0.1:3/alertmanager " in below.stderr
    for url in ("ftp://x", "nonsense", "http://user:pass@127.0.0.1"):
        assert gateway("incidents", "--url", url).exit_code == 2


async def test_invalid_matcher_of_explain_is_named(tmp_path: Path) -> None:
    """A word that begins with a brace is read as labels, not as the number of an incident."""
    async with served(tmp_path) as (world, client):
        broken = await at(world, client, "explain", "{")
        assert broken.exit_code == 2
        assert "'{': the closing } is missing" in broken.stderr
        empty = await at(world, client, "explain", "{}")
        assert "no label has a value: write NAME=VALUE" in empty.stderr
        word = await at(world, client, "explain", "x")
        assert "'x' is not an incident number: write a number such as 1042" in word.stderr


async def test_unknown_slack_user_is_named_as_one(tmp_path: Path) -> None:
    """A Slack user who is not in routes.yaml is named in words, not as a reference."""
    async with served(tmp_path) as (world, client):
        await world.post(alert())
        await world.advance(MINUTE)
        await world.ack(1001, "slack:U999")
        assert "acknowledged by Slack user U999" in await fine_at(world, client, "incidents")
        assert "acknowledged by Slack user U999" in await (await client.get("/")).text()
