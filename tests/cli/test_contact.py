"""`gateway contact`, the API and the on-call page about contacts that cannot be notified."""

import asyncio
import json
from pathlib import Path

from gateway.cli.support.context import CliContext
from gateway.cli.support.use_again import use_again
from gateway.core.plan.contact_health import ContactEvent, ContactEventKind
from gateway.core.plan.plan import Target
from tests.cli.test_commands_of_a_running_gateway import at, fine_at
from tests.flow.world import World
from tests.web.real import served

ANA = "email:ana@example.com"


async def bounce(world: World, address: str) -> None:
    event = ContactEvent("Bounce:1", address, ContactEventKind.BOUNCED, "Hard bounce: <b>550</b>")
    await world.engine.contacts.record("email", event)


async def test_list_names_person_target_and_reason(tmp_path: Path) -> None:
    """An admin sees what to repair; without anything unusable the command says so."""
    async with served(tmp_path) as (world, client):
        assert "no contact is known not to work" in await fine_at(world, client, "contact", "list")
        await bounce(world, "ana@example.com")
        text = await fine_at(world, client, "contact", "list")
        assert all(one in text for one in ("email of Ana", ANA, "11:06", "Hard bounce"))
        (one,) = json.loads(await fine_at(world, client, "contact", "list", "--json"))["contacts"]
        assert (one["person"]["id"], one["contact"], one["account"]) == ("ana", "email", "email")


async def test_clear_by_person_uses_the_contact_again(tmp_path: Path) -> None:
    """`gateway contact clear ana` is enough; the target's key works as well."""
    async with served(tmp_path) as (world, client):
        await bounce(world, "ana@example.com")
        text = await fine_at(world, client, "contact", "clear", "ana", "--as", "ben")
        assert text.strip() == f"{ANA} is used again"
        assert not world.engine.plan.unusable_contacts


async def test_clear_of_an_unknown_target_names_the_nearest(tmp_path: Path) -> None:
    """A mistyped target fails, and nothing is cleared."""
    async with served(tmp_path) as (world, client):
        await bounce(world, "ana@example.com")
        ended = await at(world, client, "contact", "clear", "email:ana@example.co", "--as", "ben")
        assert ended.exit_code == 1
        assert ended.stderr.splitlines() == [
            "gateway: no unusable contact is called email:ana@example.co; did you mean "
            "email:ana@example.com?"
        ]
        assert world.engine.plan.unusable_contacts


async def test_sent_test_message_uses_the_contact_again(tmp_path: Path) -> None:
    """Promise of the handbook: what arrives is used again, on the gateway that runs."""
    async with served(tmp_path) as (world, client):
        await bounce(world, "ana@example.com")
        target = Target("email", "ana@example.com")
        context = CliContext(env={"GATEWAY_LISTEN": f"127.0.0.1:{client.port}"})
        assert await asyncio.to_thread(use_again, context, [target]) == [ANA]
        assert not world.engine.plan.unusable_contacts
        assert await asyncio.to_thread(use_again, context, [target]) == []


def test_test_message_without_a_running_gateway_changes_nothing() -> None:
    """The command works before there is a gateway."""
    context = CliContext(env={"GATEWAY_LISTEN": "127.0.0.1:1"})
    assert use_again(context, [Target("email", "ana@example.com")]) == []


async def test_on_call_page_shows_it_until_it_works_again(tmp_path: Path) -> None:
    """The page names the person and escapes the vendor's words."""
    async with served(tmp_path) as (world, client):
        await bounce(world, "ana@example.com")
        page = await (await client.get("/oncall")).text()
        assert "CONTACTS THAT CANNOT BE NOTIFIED" in page
        assert "Hard bounce: &lt;b&gt;550" in page
        await world.engine.contacts.clear([ANA])
        assert "CANNOT BE NOTIFIED" not in await (await client.get("/oncall")).text()


async def test_metric_counts_unusable_contacts_by_account(tmp_path: Path) -> None:
    """Every account has the series, 0 while all contacts work."""
    async with served(tmp_path) as (world, client):
        await bounce(world, "ana@example.com")
        text = await (await client.get("/metrics")).text()
        assert 'gateway_unusable_contacts{account="email",channel="email"} 1.0' in text
        assert 'gateway_unusable_contacts{account="slack",channel="slack"} 0.0' in text
