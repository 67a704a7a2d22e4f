"""The composition root `gateway.app`."""

import pytest

from gateway.app import build_channels
from gateway.config.load import ConfigError, load
from gateway.core.plan.accounts import ChannelSettings
from gateway.core.plan.channels import CHANNELS

ROUTES = "receivers: [{name: everyone}]\nroute: {receiver: everyone}\n"


async def test_a_value_that_a_channel_refuses_is_a_configuration_problem() -> None:
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


async def test_a_file_without_accounts_has_every_channel() -> None:
    """A file without accounts has every channel, and messages name the missing account."""
    channels = build_channels(load(ROUTES, env={}))
    assert set(channels) == set(CHANNELS)
    for channel in channels.values():
        await channel.close()
