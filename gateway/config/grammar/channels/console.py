"""The keys of the console in routes.yaml."""

from gateway.config.grammar.channels.common import ACCOUNT_FIELD, ChannelGrammar
from gateway.config.grammar.lists import ListOf
from gateway.config.grammar.sections import Field, Section

_ACCOUNT = Section(
    "console channel",
    "Messages on the standard output, for a first try and for tests.",
    (),
    optional=True,
)

_TARGET = Section("console target", "The standard output.", (ACCOUNT_FIELD,), optional=True)

GRAMMAR = ChannelGrammar(
    account=Field("console", _ACCOUNT, "The standard output.", "there", "{}"),
    target=Field("console", ListOf(_TARGET), "The standard output.", "none", "[{}]"),
)
