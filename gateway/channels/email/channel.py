"""E-mail by the provider that the account names."""

from collections.abc import Mapping
from importlib import import_module

from gateway.channels.contract import Channel
from gateway.channels.email.mail import MailOptions
from gateway.core.plan.accounts import ChannelSettings, Secret

PROVIDERS = ("postmark", "smtp")
"""Each is a package here, imported when an account uses it: its library may not be installed."""


def build(settings: ChannelSettings, secrets: Mapping[str, Secret]) -> Channel:
    """Return the channel of an account of e-mail.

    Raises ValueError naming what is missing.
    """
    options, where = settings.options, f"channels.{settings.name}"
    provider = options.get("provider", PROVIDERS[0])
    if provider not in PROVIDERS:
        raise ValueError(
            f"{where}.provider is {provider!r}: write {', '.join(PROVIDERS)} or console"
        )
    sender = options.get("from", "")
    if "@" not in sender:
        raise ValueError(f"{where}.from is missing: the address that mails come from")
    mail_options = MailOptions(
        sender=sender,
        reply_to=options.get("reply_to") or None,
        inbound_address=options.get("inbound_address", ""),
    )
    module = import_module(f"gateway.channels.email.{provider}.channel")
    channel: Channel = module.build(settings, mail_options)
    return channel
