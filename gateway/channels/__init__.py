"""What sends messages: `gateway/channels/NAME/channel.py` for each `ChannelSpec`.

The modules are imported when a channel is built, not before: `gateway check` and `gateway route`
import no vendor's SDK.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from gateway.channels.contract import Channel
from gateway.channels.placeholders import PerTargetChannel, UnconfiguredChannel
from gateway.core.incidents.message import Message
from gateway.core.plan.accounts import ChannelSettings, Secret
from gateway.core.plan.channels import CHANNELS

CONSOLE = "console"


def build(settings: ChannelSettings, secrets: Mapping[str, Secret]) -> Channel:
    """Return the channel of an account.

    Call it in the event loop that it will serve.

    `secrets` resolves the references that targets carry (Plan.secrets): PagerDuty routing keys,
    webhook URLs. With `provider: console`, of the account or of a single target with a secret
    address, messages are printed instead of sent. An account that is not declared, or whose token
    is empty, makes a channel that fails at each send and says why. Raises ValueError, naming the
    field, when a setting is missing or invalid.
    """
    spec = CHANNELS.get(settings.type)
    if spec is None:
        raise ValueError(f"channels: no channel is called {settings.type!r}")
    if spec.needs_account and not settings.options and not settings.secrets:
        return UnconfiguredChannel(spec)
    if lacks := settings.options.get("lacks"):
        return UnconfiguredChannel(spec, f"{lacks} is not set")
    if spec.name == CONSOLE:
        console: Channel = _module(CONSOLE).build(settings, secrets)
        return console
    printer: Channel = _module(CONSOLE).placeholder(spec, settings)
    if settings.options.get("provider") == CONSOLE:
        return printer
    vendor: Channel = _module(spec.name).build(settings, secrets)
    return PerTargetChannel(vendor, printer, secrets) if spec.secret_address else vendor


def preview(channel: str, message: Message) -> Any:
    """Return the JSON that a channel makes of a message, or None.

    A channel's module may offer `preview(message)`. Imports the vendor's SDK.
    """
    make = getattr(_module(channel), "preview", None)
    return make(message) if make is not None else None


def _module(name: str) -> Any:
    return import_module(f"gateway.channels.{name}.channel")
