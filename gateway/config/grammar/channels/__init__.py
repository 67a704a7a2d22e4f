"""The keys of each channel in routes.yaml, one module per channel with a `GRAMMAR`."""

from collections.abc import Mapping
from importlib import import_module

from gateway.config.grammar.channels.accounts import accounts
from gateway.config.grammar.channels.common import ChannelGrammar
from gateway.core.plan.channels import CHANNELS

GRAMMARS: Mapping[str, ChannelGrammar] = {
    name: import_module(f"{__name__}.{name}").GRAMMAR for name in CHANNELS
}

ACCOUNTS = accounts(GRAMMARS)

CONTACTS = tuple(grammar.contact for grammar in GRAMMARS.values() if grammar.contact is not None)
"""The fields of a person's contacts."""
