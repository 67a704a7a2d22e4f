"""The keys of Slack in routes.yaml."""

from gateway.config.grammar.channels.common import (
    ACCOUNT_FIELD,
    ALLOW_FIELD,
    API_URL_FIELD,
    PROXY_FIELD,
    SEND_RESOLVED_FIELD,
    ChannelGrammar,
    otherwise_field,
)
from gateway.config.grammar.field_types import Choice, OrLabels
from gateway.config.grammar.lists import ListOf
from gateway.config.grammar.sections import Field, Section
from gateway.config.grammar.values import SECRET, SECRET_URL, WORD

_ACCOUNT = Section(
    "slack channel",
    "The Slack app that messages are sent with.",
    (
        Field(
            "provider",
            Choice(("slack", "console")),
            "`console` shows the messages instead.",
            "slack",
            "console",
        ),
        Field(
            "token",
            SECRET,
            "The bot token. When it is empty: see "
            "[empty tokens and keys](channels.md#empty-tokens-and-keys).",
            "",
            '"${SLACK_TOKEN}"',
        ),
        Field(
            "webhook_url",
            SECRET_URL,
            "An incoming webhook instead of a token: it only posts, see "
            "[incoming webhooks](slack.md#incoming-webhook).",
            "none",
            '"${SLACK_WEBHOOK_URL}"',
        ),
        Field(
            "signing_secret",
            SECRET,
            "Proves that a button was pressed in Slack; without it buttons are refused.",
            "none",
            '"${SLACK_SIGNING_SECRET}"',
        ),
        Field(
            "app_token",
            SECRET,
            "An app-level token (`xapp-…`, scope `connections:write`) for "
            "[Socket Mode](slack.md#socket-mode): nothing needs to be public, and no "
            "`signing_secret` is needed.",
            "none",
            '"${SLACK_APP_TOKEN}"',
        ),
        PROXY_FIELD,
        API_URL_FIELD,
    ),
    elsewhere={"bot_token": 'write "token"'},
    optional=True,
)

_TARGET = Section(
    "slack target",
    "A Slack channel or member.",
    (
        Field(
            "channel",
            OrLabels(WORD),
            "A channel's name (quoted, since # begins a comment) or id, or a member's id. With "
            'labels: `"#{{ labels.team }}-alerts"`, and the keys `allow` and `otherwise`.',
            "",
            '"#billing-alerts"',
            required=True,
        ),
        ALLOW_FIELD,
        otherwise_field(WORD, '"#alerts"'),
        ACCOUNT_FIELD,
        SEND_RESOLVED_FIELD,
    ),
)

GRAMMAR = ChannelGrammar(
    account=Field("slack", _ACCOUNT, "Slack.", "none", '{token: "${SLACK_TOKEN}"}'),
    target=Field("slack", ListOf(_TARGET), "Slack.", "none", '[{channel: "#billing-alerts"}]'),
    address="channel",
    contact=Field(
        "slack", WORD, "The Slack member id (Profile → Copy member ID).", "none", "U012AB"
    ),
    recommended={
        "signing_secret": "no signing_secret: buttons pressed in Slack cannot be trusted and are "
        "refused"
    },
    instead={"signing_secret": "app_token"},
    token_only=("api_url",),
)
