"""How messages leave: one file per channel, and the one list of them.

The modules are imported when a channel is built, not before: `gateway check` and `gateway route`
pay for no SDK.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from gateway.channels.contract import Channel
from gateway.channels.placeholders import PerTargetChannel, UnconfiguredChannel
from gateway.core.plan.accounts import ChannelSettings, Secret


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a channel lives, and which template parts it needs."""

    module: str
    parts: tuple[str, ...]
    account: bool = False  # whether it is nothing without settings of its own
    reduced: str = "as plain text"  # how `Message.reduced` is sent, for the timeline


CHANNELS: Mapping[str, Entry] = {
    "email": Entry(
        "gateway.channels.email.channel",
        ("subject", "text", "html"),
        account=True,
        reduced="as plain text",
    ),
    "slack": Entry(
        "gateway.channels.slack.channel",
        ("title", "text", "thread"),
        account=True,
        reduced="without blocks",
    ),
    "pagerduty": Entry(
        "gateway.channels.pagerduty.channel", ("summary",), reduced="without links and details"
    ),
    "webhook": Entry("gateway.channels.webhook.channel", (), reduced="with its first alert only"),
    "console": Entry("gateway.channels.console", ("text",)),
}


def build(settings: ChannelSettings, secrets: Mapping[str, Secret]) -> Channel:
    """The channel of these settings. Must be called in the event loop it will serve.

    `secrets` resolves the references that targets carry (Plan.secrets): PagerDuty routing keys,
    webhook URLs. With `provider: console`, of the channel or of a single target, messages are
    printed instead of sent. An account that is not declared, or whose token is empty, makes a
    channel that says so at each send. Raises ValueError, naming the field, when a setting is
    missing or makes no sense.
    """
    entry = CHANNELS.get(settings.name)
    if entry is None:
        raise ValueError(f"channels: no channel is called {settings.name!r}")
    if entry.account and not settings.options and not settings.secrets:
        return UnconfiguredChannel(settings.name, entry.parts)
    if lacks := settings.options.get("lacks"):
        return UnconfiguredChannel(settings.name, entry.parts, f"{lacks} is not set")
    if settings.name == "console":
        console: Channel = _module(entry).build(settings, secrets)
        return console
    shown: Channel = _module(CHANNELS["console"]).placeholder(settings, entry.parts)
    if settings.options.get("provider") == "console":
        return shown
    return PerTargetChannel(_module(entry).build(settings, secrets), shown, secrets)


def _module(entry: Entry) -> Any:
    return import_module(entry.module)
