"""The keys of webhooks in routes.yaml."""

from gateway.config.grammar.channels.common import (
    ACCOUNT_FIELD,
    NAME_FIELD,
    PROXY_FIELD,
    SEND_RESOLVED_FIELD,
    ChannelGrammar,
)
from gateway.config.grammar.durations import PATIENCE
from gateway.config.grammar.field_types import Choice
from gateway.config.grammar.lists import ListOf
from gateway.config.grammar.sections import Field, Section
from gateway.config.grammar.values import MAYBE_SECRET, SECRET, URL, count

_ACCOUNT = Section(
    "webhook channel",
    "Settings of all outgoing webhooks.",
    (
        Field(
            "provider",
            Choice(("webhook", "console")),
            "`console` shows the messages instead.",
            "webhook",
            "console",
        ),
        Field("bearer", SECRET, "A bearer token for all of them.", "none", '"${HOOK_TOKEN}"'),
        Field(
            "max_alerts",
            count(0, 1_000_000),
            "The most alerts in one message; 0 means all.",
            "0",
            "100",
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
    elsewhere={"url": "it belongs to a receiver: webhook: [{url: …}]"},
    optional=True,
)

_TARGET = Section(
    "webhook target",
    "A URL that accepts Alertmanager's webhook.",
    (
        Field(
            "url",
            URL,
            "The URL that messages are posted to.",
            "",
            '"${TICKETS_WEBHOOK}"',
            required=True,
        ),
        Field(
            "max_alerts",
            count(0, 1_000_000),
            "The most alerts in one message; 0 means all.",
            "0",
            "100",
        ),
        Field(
            "bearer",
            MAYBE_SECRET,
            "A bearer token to send along; '' sends none. A URL with a name and a password sends "
            "those, and no bearer token.",
            "the channel's",
            '"${TICKETS_TOKEN}"',
        ),
        Field(
            "timeout",
            PATIENCE,
            "How long to wait for its answer before trying again.",
            "10s",
            "2s",
        ),
        NAME_FIELD,
        ACCOUNT_FIELD,
        SEND_RESOLVED_FIELD,
    ),
)

GRAMMAR = ChannelGrammar(
    account=Field(
        "webhook",
        _ACCOUNT,
        "Webhooks in Alertmanager's format.",
        "there",
        "{max_alerts: 100}",
    ),
    target=Field(
        "webhook",
        ListOf(_TARGET),
        "Webhooks.",
        "none",
        '[{url: "${TICKETS_WEBHOOK}", max_alerts: 100}]',
    ),
    address="url",
)
