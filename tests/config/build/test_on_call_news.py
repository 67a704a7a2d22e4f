"""Where rotas say who is on call: announce, topic, usergroup, remind."""

import pytest

from gateway.config.load import ConfigError, load
from gateway.core.oncall.announced import REMIND, Remind

FILE = """
channels: {slack: {token: "${SLACK_TOKEN}", signing_secret: "${SLACK_SIGNING_SECRET}"}}
people: {ana: {slack: U0ANA, remind: 12h}, ben: {slack: U0BEN}}
rotas:
  billing: {NEWS, layers: [{members: [ana], start: 2026-01-05}]}
receivers: [{name: shown, slack: [{channel: "CHANNEL"}]}]
route: {receiver: shown}
"""
ENV = {"SLACK_TOKEN": "test-slack-token", "SLACK_SIGNING_SECRET": "test-slack-signing-secret"}


def text(news: str, channel: str = "C0BILLING") -> str:
    return FILE.replace("NEWS", news).replace("CHANNEL", channel)


def test_keys_become_the_news_of_the_rota() -> None:
    """What the file says is in the plan, and a rota without such keys is left out."""
    plan = load(text("announce: shown, topic: true, usergroup: S0BILLING"), env=ENV).plan
    news = plan.on_call_news["billing"]
    assert (news.announce, news.topic, news.usergroup) == ("shown", True, "S0BILLING")
    assert load(text("timezone: UTC"), env=ENV).plan.on_call_news == {}
    assert plan.people["ana"].remind == Remind(12 * 3600.0)
    assert plan.people["ben"].remind == REMIND


def test_unknown_receiver_is_an_error_with_the_nearest_name() -> None:
    """A slip in the name is found before anybody waits for an announcement."""
    with pytest.raises(ConfigError, match="did you mean"):
        load(text("announce: show"), env=ENV)


def test_topic_without_a_slack_channel_is_an_error() -> None:
    """A topic needs a channel, which the receiver names."""
    with pytest.raises(ConfigError, match="topic: needs announce:"):
        load(text("topic: true"), env=ENV)


def test_topic_of_a_channel_by_name_is_an_error() -> None:
    """Slack takes no name here, so the id is asked for."""
    with pytest.raises(ConfigError, match="id only"):
        load(text("announce: shown, topic: true", "#billing"), env=ENV)


def test_person_without_slack_in_a_rota_with_a_group_is_a_warning() -> None:
    """People who cannot be in the group are named before anybody relies on it."""
    file = text("usergroup: S0BILLING").replace("slack: U0ANA", "email: ana@example.com")
    file = file.replace("channels: {", "channels: {email: {provider: console}, ")
    warnings = [str(one) for one in load(file, env=ENV).warnings]
    assert any("usergroup: ana cannot be in it" in one for one in warnings)


def test_receiver_of_an_announcement_counts_as_used() -> None:
    """A receiver that only a rota announces to is no slip."""
    file = text("announce: shown").replace("route: {receiver: shown}", "route: {receiver: other}")
    file = file.replace("receivers: [", "receivers: [{name: other}, ")
    warnings = [str(one) for one in load(file, env=ENV).warnings]
    assert not any("used by no route" in one for one in warnings)
