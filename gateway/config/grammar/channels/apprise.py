"""The keys of Apprise in routes.yaml."""

from gateway.config.grammar.channels.common import (
    ACCOUNT_FIELD,
    NAME_FIELD,
    PROXY_FIELD,
    SEND_RESOLVED_FIELD,
    ChannelGrammar,
)
from gateway.config.grammar.field_types import Choice
from gateway.config.grammar.lists import ListOf
from gateway.config.grammar.secret_types import Url
from gateway.config.grammar.sections import Field, Section
from gateway.core.plan.service_url import service_url

SERVICE_URL = Url("service URL", service_url, secret=True, pattern="^[a-z0-9]+://")

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
        "urls": "they belong to receivers: apprise: [{service: …}]",
    },
    optional=True,
)

_TARGET = Section(
    "apprise target",
    "A service by Apprise, see [other services](apprise.md).",
    (
        Field(
            "service",
            SERVICE_URL,
            "The service's URL, a secret.",
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
)
