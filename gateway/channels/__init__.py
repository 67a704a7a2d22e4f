"""How messages leave: one file per channel, and the one list of them.

The modules are imported when a channel is built, not before: `gateway check` and `gateway route`
pay for no SDK.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module

from gateway.channels.contract import Channel
from gateway.core.settings import ChannelSettings, Secret


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a channel lives, and which template parts it needs."""

    module: str
    parts: tuple[str, ...]


CHANNELS: Mapping[str, Entry] = {
    "email": Entry("gateway.channels.email", ("subject", "text", "html")),
    "slack": Entry("gateway.channels.slack", ("title", "text", "thread")),
    "pagerduty": Entry("gateway.channels.pagerduty", ("summary",)),
    "webhook": Entry("gateway.channels.webhook", ()),
    "console": Entry("gateway.channels.console", ("text",)),
}


def build(settings: ChannelSettings, secrets: Mapping[str, Secret]) -> Channel:
    """The channel of these settings. Must be called in the event loop it will serve.

    `secrets` resolves the references that targets carry (Plan.secrets): PagerDuty routing keys,
    webhook URLs. With `provider: console` the messages are printed instead of sent, whatever the
    channel. Raises ValueError, naming the field, when a setting is missing or makes no sense.
    """
    entry = CHANNELS.get(settings.name)
    if entry is None:
        raise ValueError(f"channels: no channel is called {settings.name!r}")
    if settings.options.get("provider") == "console" and settings.name != "console":
        console = import_module("gateway.channels.console")
        channel: Channel = console.stand_in(settings, entry.parts)
    else:
        channel = import_module(entry.module).build(settings, secrets)
    return channel
