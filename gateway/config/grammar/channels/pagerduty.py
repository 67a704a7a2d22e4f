"""The keys of PagerDuty in routes.yaml."""

from gateway.config.grammar.channels.common import (
    ACCOUNT_FIELD,
    API_URL_FIELD,
    CALLBACKS,
    NAME_FIELD,
    PROXY_FIELD,
    REST_TOKEN,
    SEND_RESOLVED_FIELD,
    SIGNING_SECRET,
    ChannelGrammar,
)
from gateway.config.grammar.field_types import Choice
from gateway.config.grammar.lists import ListOf, MapOf
from gateway.config.grammar.sections import Field, Section, TextOrSection
from gateway.config.grammar.sources import SECRETS
from gateway.config.grammar.values import PLAIN_URL, SECRET, TEXT

_ACCOUNT = Section(
    "pagerduty channel",
    "Settings of all PagerDuty events; the routing keys belong to the receivers.",
    (
        Field(
            "provider",
            Choice(("pagerduty", "console")),
            "`console` shows the events instead.",
            "pagerduty",
            "console",
        ),
        PROXY_FIELD,
        API_URL_FIELD,
        Field(
            REST_TOKEN,
            SECRET,
            "A read-only key of the REST API. Webhooks need it to find the incident and the person "
            "that they are about.",
            "none",
            '"${PAGERDUTY_REST_TOKEN}"',
        ),
        Field(
            "rest_url",
            PLAIN_URL,
            "Where the REST API is.",
            "https://api.pagerduty.com",
            "https://api.eu.pagerduty.com",
        ),
        Field(
            CALLBACKS,
            Section(
                "pagerduty callbacks",
                "Secrets of what PagerDuty posts to `/callbacks/ACCOUNT`.",
                (
                    Field(
                        SIGNING_SECRET,
                        SECRETS,
                        "The secrets of webhook subscriptions. Any one of several is enough, so an "
                        "old and a new one can be used side by side.",
                        "none",
                        '"${PAGERDUTY_WEBHOOK_SECRET}"',
                    ),
                ),
            ),
            "What PagerDuty signs its webhooks with. Without it they are refused.",
            "none",
            '{signing_secret: "${PAGERDUTY_WEBHOOK_SECRET}"}',
        ),
    ),
    elsewhere={"routing_key": "it belongs to a receiver: pagerduty: [{routing_key: …}]"},
    optional=True,
)

_KEYS = Section(
    "keys by label",
    "The integration keys of several services, chosen by a label.",
    (
        Field("label", TEXT, "The label whose value chooses the key.", "", "team", required=True),
        Field(
            "keys",
            MapOf("value", SECRET),
            "The key for each value.",
            "",
            '{billing: "${PAGERDUTY_BILLING_KEY}"}',
            required=True,
        ),
        Field(
            "otherwise",
            SECRET,
            "The key where the label is missing or has another value.",
            "",
            '"${PAGERDUTY_PLATFORM_KEY}"',
            required=True,
        ),
    ),
)

_TARGET = Section(
    "pagerduty target",
    "A PagerDuty service.",
    (
        Field(
            "routing_key",
            TextOrSection(SECRET, _KEYS),
            "The integration key of its Events API v2 integration, or keys by a label. When one is "
            "empty: see [empty tokens and keys](channels.md#empty-tokens-and-keys).",
            "",
            '"${PAGERDUTY_BILLING_KEY}"',
            required=True,
        ),
        Field(
            "severity",
            Choice(("critical", "error", "warning", "info")),
            "PagerDuty's severity of all its events.",
            "from the alert's severity",
            "critical",
        ),
        NAME_FIELD,
        ACCOUNT_FIELD,
        SEND_RESOLVED_FIELD,
    ),
    elsewhere={"service_key": 'Events API v2 is used: write "routing_key"'},
)

GRAMMAR = ChannelGrammar(
    account=Field("pagerduty", _ACCOUNT, "PagerDuty, by its Events API.", "there", "{}"),
    target=Field(
        "pagerduty",
        ListOf(_TARGET),
        "PagerDuty.",
        "none",
        '[{routing_key: "${PAGERDUTY_BILLING_KEY}"}]',
    ),
    address="routing_key",
)
