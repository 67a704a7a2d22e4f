"""Webhook endpoints that Stripe has disabled fire, and end when they work again."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from gateway.flow.stripe import endpoint_monitor, read_endpoints
from tests.fakes.server import Behaviour
from tests.fakes.stripe import FakeStripe
from tests.flow.world import MINUTE, ROUTES, Delivered, World

SOURCES = (
    """
sources:
  stripe: {type: stripe, hmac: test-secret, api_key: rk_test_fake, labels: {team: billing}}
"""
    + ROUTES
)
OFF = "StripeWebhookEndpointDisabled"


@pytest.fixture
async def stripe() -> AsyncIterator[FakeStripe]:
    """Yield an account with two endpoints that are enabled."""
    async with FakeStripe() as fake:
        fake.add("we_invoices")
        fake.add("we_disputes")
        yield fake


@pytest.fixture
async def world(database_url: str, stripe: FakeStripe) -> AsyncIterator[World]:
    """Yield a gateway that watches them."""
    world = World(database_url, SOURCES)
    await world.start()
    world.engine.stripe_endpoints.api = stripe.url
    yield world
    await world.close()


async def ask(world: World) -> list[Delivered]:
    """Ask once, and return what is delivered in the ten minutes after."""
    asking = asyncio.ensure_future(world.engine.stripe_endpoints.round())
    while not asking.done():
        await world.engine.intake.commit_waiting()
        await asyncio.sleep(0)
    await asking
    return await world.advance(10 * MINUTE)


def about(delivered: list[Delivered]) -> list[str]:
    """Return which beginnings and ends were sent to billing's Slack channel."""
    reasons = [one.reason for one in delivered if one.to == "slack:#billing-alerts"]
    return [one for one in reasons if one in ("first", "resolved")]


async def test_enabled_endpoints_notify_nobody(world: World) -> None:
    """What works is no incident, also when it is asked for again and again."""
    assert await ask(world) == []
    assert await ask(world) == []


async def test_disabled_endpoint_fires_until_it_is_enabled(
    world: World, stripe: FakeStripe
) -> None:
    """Billing is notified once, and of the end; the key and the query of its URL are not shown."""
    stripe.endpoints[0] |= {
        "status": "disabled",
        "url": "https://u:secret@billing.example.com/stripe?token=secret",
    }
    delivered = await ask(world)
    assert about(delivered) == ["first"]
    text = str([one.message.parts for one in delivered])
    assert "https://billing.example.com/stripe" in text
    assert "we_invoices" in text
    assert "secret" not in text
    assert about(await ask(world)) == []
    stripe.endpoints[0]["status"] = "enabled"
    assert about(await ask(world)) == ["resolved"]


async def test_deleted_endpoint_ends(world: World, stripe: FakeStripe) -> None:
    """Nobody waits for the events of an endpoint that is gone."""
    stripe.endpoints[0]["status"] = "disabled"
    assert about(await ask(world)) == ["first"]
    del stripe.endpoints[0]
    assert about(await ask(world)) == ["resolved"]


async def test_endpoint_deleted_while_no_gateway_ran_ends_a_day_later(
    world: World, stripe: FakeStripe
) -> None:
    """Another process knows nothing of it, so its alert ends when nothing confirms it."""
    stripe.endpoints[0]["status"] = "disabled"
    assert about(await ask(world)) == ["first"]
    del stripe.endpoints[0]
    await world.kill(world.engine)
    await world.start("again")
    world.engine.stripe_endpoints.api = stripe.url
    assert "resolved" not in about(await ask(world))
    assert "resolved" in about(await world.advance(86400.0))


async def test_endpoint_that_works_again_after_a_restart_ends(
    world: World, stripe: FakeStripe
) -> None:
    """What is enabled is reported as ended, also by a process that did not report it."""
    stripe.endpoints[0]["status"] = "disabled"
    assert about(await ask(world)) == ["first"]
    stripe.endpoints[0]["status"] = "enabled"
    await world.kill(world.engine)
    await world.start("again")
    world.engine.stripe_endpoints.api = stripe.url
    assert about(await ask(world)) == ["resolved"]


async def test_all_pages_of_endpoints_are_read(world: World, stripe: FakeStripe) -> None:
    """Stripe answers at most a hundred at once."""
    stripe.page = 1
    stripe.endpoints[1]["status"] = "disabled"
    assert about(await ask(world)) == ["first"]


@pytest.mark.parametrize(
    ("behaviour", "error"),
    [
        (Behaviour(401), "Stripe refuses api_key (401): create another restricted key"),
        (Behaviour(403), "api_key lacks the permission to read webhook endpoints (403)"),
        (Behaviour(429), "Stripe answered 429"),
        (Behaviour(200, body="<html>"), "Stripe's answer is no list of webhook endpoints"),
        (Behaviour(200, json={"data": [{}]}), "Stripe's answer is no list of webhook endpoints"),
        (Behaviour(200, json=[]), "Stripe's answer is no list of webhook endpoints"),
        (Behaviour(drop="before"), "Stripe: "),
    ],
)
async def test_failing_api_ends_nothing_and_is_reported_when_it_lasts(
    world: World, stripe: FakeStripe, behaviour: Behaviour, error: str
) -> None:
    """What fires goes on, and after half an hour /readyz says that the state is not known."""
    monitor = world.engine.stripe_endpoints
    stripe.endpoints[0]["status"] = "disabled"
    assert about(await ask(world)) == ["first"]
    stripe.endpoints[0]["status"] = "enabled"
    stripe.default = behaviour
    assert about(await ask(world)) == []
    assert monitor.health() == []
    await world.advance(endpoint_monitor.PATIENCE)
    (health,) = monitor.health()
    assert health.component == "Stripe endpoints (stripe)"
    assert health.text.startswith(error)
    assert "rk_test_fake" not in health.text
    stripe.default = None
    assert "resolved" in about(await ask(world))
    assert monitor.health() == []


async def test_more_endpoints_than_are_read_are_reported(
    world: World, stripe: FakeStripe, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list that never ends is given up."""
    monkeypatch.setattr(read_endpoints, "PAGES", 1)
    stripe.page = 1
    await ask(world)
    await world.advance(endpoint_monitor.PATIENCE)
    (health,) = world.engine.stripe_endpoints.health()
    assert "webhook endpoints" in health.text


async def test_watching_is_no_post_of_the_source(world: World) -> None:
    """`expect_every` waits for what Stripe posts."""
    await ask(world)
    activity = await world.engine.source_activity.read()
    assert activity["stripe"].last_post_at is None
