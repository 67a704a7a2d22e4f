"""Two accounts of one channel: separate senders, holds, health and receipts."""

from collections.abc import AsyncIterator

import pytest

from gateway.core.incidents.retry import Failure, Scope, SendError
from gateway.store.outbox import holds
from gateway.store.outbox.recipients import recipient_states
from tests.flow.world import ENV, ROUTES, World, alert

EU, OWN = "slack/slack-eu:#billing-alerts", "slack:#billing-alerts"
TWO = ROUTES.replace(
    "severities:", '  slack-eu: {type: slack, token: "${SLACK_EU_TOKEN}"}\nseverities:', 1
).replace(
    'slack: [{channel: "#billing-alerts"}]\n    pagerduty',
    'slack: [{channel: "#billing-alerts"}, {channel: "#billing-alerts", account: slack-eu}]\n'
    "    pagerduty",
)


@pytest.fixture
async def two(database_url: str) -> AsyncIterator[World]:
    """A world with two Slack workspaces."""
    world = World(database_url, TWO, {**ENV, "SLACK_EU_TOKEN": "test-slack-eu-token"})
    await world.start()
    yield world
    await world.close()


async def test_same_channel_in_two_workspaces_gets_one_message_each(two: World) -> None:
    """Both are notified, each by its own sender."""
    await two.post(alert())
    messages = await two.advance(1.0)
    slack = {one.to: one.channel for one in messages if one.to in (EU, OWN)}
    assert slack == {EU: "slack/slack-eu", OWN: "slack"}


async def test_dead_account_does_not_hold_up_the_other(two: World) -> None:
    """Promise 13 holds for accounts: only the dead one is named by /readyz."""
    two.break_channel("slack/slack-eu", lambda: SendError(Failure.SERVER_ERROR, "down"))
    await two.post(alert())
    messages = await two.advance(300.0)
    assert any(one.to == OWN for one in messages)
    assert not any(one.to == EU for one in messages)
    bad = [one.component for one in two.engine.problems() if not one.ok]
    assert bad == ["channel slack-eu"]


async def test_hold_of_one_account_leaves_the_other_free(two: World) -> None:
    """A rate limit on a whole account concerns no other account of the channel."""

    def refuse() -> SendError:
        return SendError(Failure.RATE_LIMITED, "slow", retry_after=200.0, scope=Scope.ACCOUNT)

    two.break_channel("slack/slack-eu", refuse)
    await two.post(alert())
    await two.advance(5.0)
    held = await two.engine.store.read(lambda tx: holds.active_by_account(tx, two.now))
    assert list(held) == ["slack/slack-eu"]


async def test_receipt_belongs_to_its_account(two: World) -> None:
    """A message is updated in the workspace that it was posted to, not by the other's ts."""
    await two.post(alert())
    await two.advance(1.0)
    await two.ack(1001)
    await two.advance(1.0)
    states = await two.engine.store.read(lambda tx: recipient_states(tx, [1001]))
    receipts = {key: state.receipt["id"] for (_, key), state in states.items() if state.receipt}
    assert receipts[EU] != receipts[OWN]


async def test_metrics_tell_accounts_apart(two: World) -> None:
    """`channel` keeps its meaning; `account` is the key under channels:."""
    await two.post(alert())
    await two.advance(1.0)
    exposed = two.engine.metrics.exposition().decode()
    for account in ("slack", "slack-eu"):
        line = f'gateway_attempts_total{{account="{account}",channel="slack",result="accepted"}}'
        assert f"{line} 1.0" in exposed


async def test_notices_of_a_removed_account_fall_back_also_after_a_restart(two: World) -> None:
    """What waits for an account that routes.yaml no longer has does not wait for ever."""
    two.break_channel("slack/slack-eu", lambda: SendError(Failure.SERVER_ERROR, "down"))
    await two.post(alert())
    await two.advance(1.0)
    await two.kill(two.engine)
    two.routes = ROUTES
    engine = await two.start()
    assert "slack/slack-eu" not in engine.senders
    await engine.delivery.find_removed()
    messages = await two.advance(120.0)
    assert "slack/slack-eu" in engine.senders
    assert any(one.reason == "fallback" for one in messages)
    assert engine.senders["slack/slack-eu"].health.failing_with == "misconfigured"
