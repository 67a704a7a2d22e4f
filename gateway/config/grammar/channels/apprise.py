"""The keys of Apprise in routes.yaml."""

import re
from dataclasses import dataclass

from gateway.config.grammar.channels.common import (
    ACCOUNT_FIELD,
    NAME_FIELD,
    PROXY_FIELD,
    SEND_RESOLVED_FIELD,
    ChannelGrammar,
)
from gateway.config.grammar.field_types import Choice
from gateway.config.grammar.lists import ListOf, MapOf
from gateway.config.grammar.parsed import Definitions, ParsedValue, ReadContext, Schema
from gateway.config.grammar.secret_types import Url
from gateway.config.grammar.sections import Field, Section
from gateway.config.source.nodes import Node, ScalarNode
from gateway.config.source.problem import SourcePosition
from gateway.core.plan.service_url import service_url

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,62}")

SERVICE_URL = Url("service URL", service_url, secret=True, pattern="^[a-z0-9]+://")

SERVICES = "services"
"""The key of the account with services by name."""


@dataclass(eq=False, repr=False)
class ServiceOrName:
    """A service's URL, or the name of one that the account declares, which is a text."""

    type_name: str = "service URL or name"

    def read(self, node: Node, path: str, context: ReadContext) -> ParsedValue | None:
        if isinstance(node, ScalarNode) and _NAME.fullmatch(node.text):
            return ParsedValue(node.text, SourcePosition(node.line, node.column, path), node.text)
        return SERVICE_URL.read(node, path, context)

    def schema(self, known: Definitions) -> Schema:
        return {"type": "string", "pattern": rf"{SERVICE_URL.pattern}|\$\{{|^{_NAME.pattern}$"}


_ACCOUNT = Section(
    "apprise channel",
    "Settings of all services by Apprise.",
    (
        Field(
            "provider",
            Choice(("apprise", "console")),
            "`console` shows the messages instead.",
            "apprise",
            "console",
        ),
        Field(
            SERVICES,
            MapOf("name", SERVICE_URL),
            "Services by name: targets and contacts say `service: NAME`.",
            "none",
            '{teams: "${TEAMS_BILLING_SERVICE}"}',
        ),
        Field(
            "private_addresses",
            Choice(("allow", "refuse")),
            "Whether a URL may lead into a private network.",
            "allow",
            "refuse",
        ),
        PROXY_FIELD,
    ),
    elsewhere={
        "url": "it belongs to a receiver: apprise: [{service: …}]",
        "urls": 'write "services", with a name for each',
    },
    optional=True,
)

_TARGET = Section(
    "apprise target",
    "A service by Apprise, see [other services](apprise.md).",
    (
        Field(
            "service",
            ServiceOrName(),
            "The service's URL, a secret, or its name under `services` of the account.",
            "",
            '"${TEAMS_BILLING_SERVICE}"',
            required=True,
        ),
        Field(
            "format",
            Choice(("text", "markdown")),
            "What the message is written in; the shipped templates write text.",
            "text",
            "markdown",
        ),
        NAME_FIELD,
        ACCOUNT_FIELD,
        SEND_RESOLVED_FIELD,
    ),
    elsewhere={"url": 'write "service"'},
)

GRAMMAR = ChannelGrammar(
    account=Field(
        "apprise",
        _ACCOUNT,
        "Other services, by the library Apprise.",
        "there",
        "{private_addresses: refuse}",
    ),
    target=Field(
        "apprise",
        ListOf(_TARGET),
        "Other services.",
        "none",
        '[{service: "${TEAMS_BILLING_SERVICE}"}]',
    ),
    address="service",
    named=SERVICES,
)
