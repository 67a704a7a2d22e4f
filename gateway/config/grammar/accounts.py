"""The grammar of sources and channels."""

from gateway.config.grammar.durations import POSITIVE_DURATION
from gateway.config.grammar.field_types import Choice
from gateway.config.grammar.lists import ListOf, MapOf
from gateway.config.grammar.sections import Field, Section
from gateway.config.grammar.values import (
    BARE_URL,
    PLAIN_URL,
    PROXY,
    SECRET,
    SENDER,
    TEXT,
    WORD,
    count,
)

SOURCE_TYPES = ("alertmanager", "prometheus")
_SECRETS = ListOf(SECRET, or_one=True)

_BASIC = Section(
    "basic credentials",
    "A name and a password, as HTTP's basic authentication sends them.",
    (
        Field("username", TEXT, "The name.", "", "alertmanager", required=True),
        Field("password", SECRET, "The password.", "", '"${INTAKE_PASSWORD}"', required=True),
    ),
)

SOURCE = Section(
    "source",
    "Who may post to /webhook/NAME, and with which credentials. Any one of several is enough, so "
    "an old and a new token can be used side by side. Without any, anyone may post.",
    (
        Field(
            "type",
            Choice(SOURCE_TYPES),
            "What it sends.",
            "the name, where that is a type",
            "alertmanager",
        ),
        Field("bearer", _SECRETS, "Bearer tokens.", "none", '"${ALERTMANAGER_TOKEN}"'),
        Field(
            "basic",
            ListOf(_BASIC, or_one=True),
            "Names and passwords.",
            "none",
            '{username: am, password: "${INTAKE_PASSWORD}"}',
        ),
        Field(
            "hmac",
            _SECRETS,
            "Keys of an HMAC-SHA256 over the body, sent as hexadecimal digits.",
            "none",
            '"${file:/run/secrets/hmac}"',
        ),
        Field("hmac_header", WORD, "The header with the HMAC.", "X-Signature", "X-Hub-Signature"),
        Field(
            "max_bytes",
            count(1024, 1024**3),
            "The largest body that is accepted. A body may hold one alert for every 160 bytes of "
            "this limit, and at least 100,000.",
            "33554432",
            "10485760",
        ),
        Field(
            "resolve_timeout",
            POSITIVE_DURATION,
            "How long after its last report an alert without an end counts as resolved. "
            "Alertmanager does not report the end of an alert that it silences; a value longer "
            "than its longest repeat_interval resolves such an alert here.",
            "global's for alerts posted to the API, never for webhooks",
            "26h",
        ),
    ),
    elsewhere={
        "token": 'write "bearer"',
        "bearer_token": 'write "bearer"',
        "basic_auth": 'write "basic": {username, password}',
    },
    optional=True,
)

_API_URL = Field(
    "api_url",
    PLAIN_URL,
    "Where the vendor's API is; for proxies and tests.",
    "the vendor's",
    "https://proxy.example.com/api",
)

_PROXY = Field(
    "proxy",
    PROXY,
    "An HTTP proxy to go through. The environment's proxies (HTTPS_PROXY, NO_PROXY) are not used.",
    "none",
    "http://proxy.example.com:3128",
)

EMAIL_CHANNEL = Section(
    "email channel",
    "The account that e-mail is sent with.",
    (
        Field(
            "provider",
            Choice(("postmark", "console")),
            "Who sends it; `console` shows it instead.",
            "postmark",
            "postmark",
        ),
        Field(
            "token",
            SECRET,
            "Postmark's server token. When it is empty: see "
            "[empty tokens and keys](channels.md#empty-tokens-and-keys).",
            "",
            '"${POSTMARK_TOKEN}"',
        ),
        Field("from", SENDER, "The sender.", "", "Alerts <alerts@example.com>"),
        Field("message_stream", WORD, "Postmark's message stream.", "outbound", "alerts"),
        Field("reply_to", SENDER, "Where replies go.", "the sender", "team@example.com"),
        Field(
            "api_url",
            BARE_URL,
            "Where Postmark's API is; for proxies and tests. Host and port only.",
            "Postmark's",
            "https://proxy.example.com",
        ),
        _PROXY,
    ),
    elsewhere={
        "api_key": 'write "token"',
        "sender": 'write "from"',
        "smarthost": "e-mail is sent through Postmark's API: provider, token, from",
    },
    optional=True,
)

SLACK_CHANNEL = Section(
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
            "signing_secret",
            SECRET,
            "Proves that a button was pressed in Slack; without it buttons are refused.",
            "none",
            '"${SLACK_SIGNING_SECRET}"',
        ),
        _PROXY,
        _API_URL,
    ),
    elsewhere={"bot_token": 'write "token"', "webhook_url": 'a bot token is needed: "token"'},
    optional=True,
)

PAGERDUTY_CHANNEL = Section(
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
        _PROXY,
        _API_URL,
    ),
    elsewhere={"routing_key": "it belongs to a receiver: pagerduty: [{routing_key: …}]"},
    optional=True,
)

WEBHOOK_CHANNEL = Section(
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
        _PROXY,
    ),
    elsewhere={"url": "it belongs to a receiver: webhook: [{url: …}]"},
    optional=True,
)

CONSOLE_CHANNEL = Section(
    "console channel",
    "Messages on the standard output, for a first try and for tests.",
    (),
    optional=True,
)

CHANNELS = Section(
    "channels",
    "The accounts that messages are sent with, each once.",
    (
        Field(
            "email",
            EMAIL_CHANNEL,
            "E-mail by Postmark.",
            "none",
            '{token: "${POSTMARK_TOKEN}", from: alerts@example.com}',
        ),
        Field("slack", SLACK_CHANNEL, "Slack.", "none", '{token: "${SLACK_TOKEN}"}'),
        Field("pagerduty", PAGERDUTY_CHANNEL, "PagerDuty, by its Events API.", "there", "{}"),
        Field(
            "webhook",
            WEBHOOK_CHANNEL,
            "Webhooks in Alertmanager's format.",
            "there",
            "{max_alerts: 100}",
        ),
        Field("console", CONSOLE_CHANNEL, "The standard output.", "there", "{}"),
    ),
)

SOURCES = MapOf("name", SOURCE, blank_member=True)
