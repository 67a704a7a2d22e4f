"""Buttons of two Slack workspaces at one URL: the signature tells them apart."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.flow.world import ROUTES, World, alert
from tests.web.real import Client, served
from tests.web.slack.requests import pressed, send

EU_SECRET = "test-slack-eu-signing-secret"
TWO = ROUTES.replace(
    "severities:",
    f"  slack-eu: {{type: slack, token: test-slack-eu-token, signing_secret: {EU_SECRET}}}\n"
    "severities:",
    1,
).replace(
    "ben: {name: Ben, email: ben@example.com}",
    "ben: {name: Ben, email: ben@example.com, "
    "contacts: {slack: {account: slack-eu, channel: U0ANA}}}",
)


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[tuple[World, Client]]:
    """Yield a world with two workspaces and a notified incident."""
    async with served(tmp_path, TWO) as (world, client):
        await world.post(alert())
        await world.advance(1.0)
        yield world, client


@pytest.mark.parametrize(("secret", "person"), [(None, "ana"), (EU_SECRET, "ben")])
async def test_press_acts_as_the_person_of_its_own_workspace(
    two: tuple[World, Client], secret: str | None, person: str
) -> None:
    """The same member id belongs to two people; the app that signed says which is meant."""
    world, client = two
    options = {} if secret is None else {"secret": secret}
    assert (await send(world, client, pressed(), **options)).status == 200
    assert (await world.incident(1001)).ack.by == person


async def test_press_that_no_app_signed_is_refused(two: tuple[World, Client]) -> None:
    """A signature by another secret is 401, however many accounts there are."""
    world, client = two
    answer = await send(world, client, pressed(), secret="test-slack-wrong-secret")
    assert answer.status == 401
    assert (await world.incident(1001)).ack is None
