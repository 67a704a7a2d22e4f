"""Who is on call in Slack: a topic and a user group, changed only where they differ."""

from collections.abc import AsyncIterator

import pytest

from gateway.channels import build
from gateway.channels.contract import ShowsOnCall
from gateway.channels.slack.channel import Slack
from gateway.channels.slack.on_call import MAX_TOPIC, topic_with
from gateway.core.incidents.retry import Failure, SendError
from gateway.core.plan.accounts import ChannelSettings, Secret
from tests.fakes import Behaviour, FakeSlack


@pytest.fixture
async def fake() -> AsyncIterator[FakeSlack]:
    async with FakeSlack(token="test-slack-token") as running:
        yield running


@pytest.fixture
async def slack(fake: FakeSlack) -> AsyncIterator[Slack]:
    channel = Slack(Secret("test-slack-token"), api_url=f"{fake.url}/api/")
    yield channel
    await channel.close()


def methods(fake: FakeSlack) -> list[str]:
    return [one.path.removeprefix("/api/") for one in fake.received]


async def test_topic_is_set_once_and_then_left_alone(slack: Slack, fake: FakeSlack) -> None:
    """Each new topic posts a message in the channel, so an equal one is not set again."""
    fake.topics["C0BILLING"] = "Runbooks: https://runbooks.example.com | R&D"
    assert await slack.show_topic("C0BILLING", "On call for billing", "Ana") is True
    topic = "On call for billing: Ana | Runbooks: https://runbooks.example.com | R&D"
    assert fake.topics["C0BILLING"] == topic
    assert await slack.show_topic("C0BILLING", "On call for billing", "Ana") is False
    assert methods(fake).count("conversations.setTopic") == 1
    assert await slack.show_topic("C0BILLING", "On call for billing", "Ben") is True
    assert fake.topics["C0BILLING"] == topic.replace("Ana", "Ben")


async def test_group_is_updated_only_if_its_members_differ(slack: Slack, fake: FakeSlack) -> None:
    """Members are compared as sets: their order does not count."""
    fake.groups["S0BILLING"] = ["U0BEN", "U0ANA"]
    assert await slack.show_members("S0BILLING", ("U0ANA", "U0BEN")) is False
    assert await slack.show_members("S0BILLING", ("U0ANA",)) is True
    assert fake.groups["S0BILLING"] == ["U0ANA"]
    assert methods(fake).count("usergroups.users.update") == 1


async def test_group_without_anybody_on_call_stays(slack: Slack, fake: FakeSlack) -> None:
    """Slack refuses an empty group, so nothing is asked for."""
    fake.groups["S0BILLING"] = ["U0ANA"]
    assert await slack.show_members("S0BILLING", ()) is False
    assert fake.received == []


@pytest.mark.parametrize(
    ("error", "hint"),
    [("permission_denied", "manage user groups"), ("paid_teams_only", "paid plan")],
)
async def test_refusal_says_what_an_admin_can_do(
    slack: Slack, fake: FakeSlack, error: str, hint: str
) -> None:
    """Slack's error is quoted with a hint, and counts as misconfigured."""
    fake.script(Behaviour(status=200, json={"ok": False, "error": error}))
    with pytest.raises(SendError, match=hint) as caught:
        await slack.show_members("S0BILLING", ("U0ANA",))
    assert caught.value.failure is Failure.MISCONFIGURED


async def test_channel_without_the_app_is_refused_with_a_hint(
    slack: Slack, fake: FakeSlack
) -> None:
    """The app must be a member of the channel whose topic it sets."""
    fake.script(Behaviour(status=200, json={"ok": False, "error": "not_in_channel"}))
    with pytest.raises(SendError, match="invite the app"):
        await slack.show_topic("C0BILLING", "On call", "Ana")


def test_topic_fits_and_keeps_our_part() -> None:
    """Where all does not fit, the other parts are cut."""
    topic = topic_with("x" * 300, "On call for billing", "Ana")
    assert len(topic) <= MAX_TOPIC
    assert topic.startswith("On call for billing: Ana | xxx")


def test_two_rotas_share_a_topic() -> None:
    """The parts of other rotas in the same topic stay."""
    topic = topic_with("On call for billing: Ana", "On call for platform", "Dee")
    assert topic == "On call for platform: Dee | On call for billing: Ana"


async def test_slack_is_a_channel_that_shows_who_is_on_call(slack: Slack) -> None:
    """The mirror finds it by what it can do, not by its name."""
    assert isinstance(slack, ShowsOnCall)


async def test_account_as_it_is_built_shows_who_is_on_call(fake: FakeSlack) -> None:
    """What the gateway builds from routes.yaml can do it, not only the class alone."""
    settings = ChannelSettings(
        "slack", {"api_url": fake.api_url}, {"token": Secret("test-slack-token")}
    )
    channel = build(settings, {})
    assert isinstance(channel, ShowsOnCall)
    await channel.close()
