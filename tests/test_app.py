"""The composition root `gateway.app`."""

import pytest

from gateway.app import build_channels
from gateway.config.load import ConfigError, load
from gateway.core.plan.accounts import ChannelSettings

ROUTES = "receivers: [{name: everyone}]\nroute: {receiver: everyone}\n"


async def test_what_only_a_channel_can_judge_is_a_problem_of_the_file() -> None:
    """Promise 6: a value that only a channel refuses is a reported problem, not a crash."""
    config = load(ROUTES, env={})
    object.__setattr__(
        config,
        "channels",
        {"webhook": ChannelSettings("webhook", {"private_addresses": "perhaps"})},
    )
    with pytest.raises(ConfigError) as caught:
        build_channels(config)
    assert caught.value.problems[0].path == "channels.webhook"


async def test_every_channel_is_there_without_settings() -> None:
    """A file without accounts has every channel, and messages name the missing account."""
    channels = build_channels(load(ROUTES, env={}))
    assert set(channels) == {"email", "slack", "pagerduty", "webhook", "console"}
    for channel in channels.values():
        await channel.close()
