"""The grammar of sources, channels and receivers."""

from gateway.config.kinds import Choice, Field, ListOf, MapOf, SecretKind, Section, Url
from gateway.config.values import EMAIL, NAME, PLAIN_URL, SENDER, TEXT, WORD, count

SOURCE_TYPES = ("alertmanager", "prometheus")
SECRET = SecretKind()
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
    "Who may post to /webhook/NAME, and how they prove it. Of several credentials any is enough, "
    "so that an old and a new token can be used side by side. Without any, everybody may post.",
    (
        Field(
            "type",
            Choice(SOURCE_TYPES),
            "What it sends.",
            "the name, where that is a type",
            "alertmanager",
        ),
        Field("bearer", _SECRETS, "Bearer tokens.", "none", '"${ALERTMANAGER_TOKEN}"'),
        Field("basic", ListOf(_BASIC, or_one=True), "Names and passwords.", "none"),
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
            "The largest body that is taken.",
            "33554432",
            "10485760",
        ),
    ),
    optional=True,
)

_API_URL = Field(
    "api_url", PLAIN_URL, "Where the vendor's API is; for proxies and tests.", "the vendor's"
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
            "Postmark's server token. When it is empty e-mail is shown on the console.",
            "",
            '"${POSTMARK_TOKEN}"',
        ),
        Field("from", SENDER, "The sender.", "", "Alerts <alerts@example.com>"),
        Field("message_stream", WORD, "Postmark's message stream.", "outbound", "alerts"),
        Field("reply_to", SENDER, "Where answers go.", "the sender", "team@example.com"),
        _API_URL,
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
        ),
        Field(
            "token",
            SECRET,
            "The bot token. When it is empty messages are shown on the console.",
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
        Field("proxy", PLAIN_URL, "An HTTP proxy to go through.", "none", "http://proxy:3128"),
        _API_URL,
    ),
    elsewhere={"bot_token": 'write "token"', "webhook_url": 'a bot token is needed: "token"'},
    optional=True,
)

PAGERDUTY_CHANNEL = Section(
    "pagerduty channel",
    "What all PagerDuty events have in common; the routing keys stand with the receivers.",
    (
        Field("provider", Choice(("pagerduty", "console")), "As in slack.", "pagerduty"),
        Field("client", TEXT, "The name of the sender in PagerDuty.", "the gateway's", "Alerts"),
        Field("client_url", PLAIN_URL, "Its link.", "the gateway's URL"),
        _API_URL,
    ),
    elsewhere={"routing_key": "it stands with a receiver: pagerduty: [{routing_key: …}]"},
    optional=True,
)

WEBHOOK_CHANNEL = Section(
    "webhook channel",
    "What all outgoing webhooks have in common.",
    (
        Field("provider", Choice(("webhook", "console")), "As in slack.", "webhook"),
        Field("bearer", SECRET, "A bearer token for all of them.", "none", '"${HOOK_TOKEN}"'),
        Field(
            "max_alerts", count(0, 1_000_000), "Alerts in one message at most; 0: all.", "0", "100"
        ),
        Field(
            "private_addresses",
            Choice(("allow", "refuse")),
            "Whether a URL may lead into a private network.",
            "allow",
            "refuse",
        ),
    ),
    elsewhere={"url": "it stands with a receiver: webhook: [{url: …}]"},
    optional=True,
)

CONSOLE_CHANNEL = Section(
    "console channel",
    "Messages on the standard output; for a first look and for tests.",
    (),
    optional=True,
)

CHANNELS = Section(
    "channels",
    "The accounts that messages are sent with, each once.",
    (
        Field("email", EMAIL_CHANNEL, "E-mail by Postmark."),
        Field("slack", SLACK_CHANNEL, "Slack."),
        Field("pagerduty", PAGERDUTY_CHANNEL, "PagerDuty, by its Events API."),
        Field("webhook", WEBHOOK_CHANNEL, "Webhooks in Alertmanager's format."),
        Field("console", CONSOLE_CHANNEL, "The standard output."),
    ),
)

_EMAIL_TARGET = Section(
    "email target",
    "E-mail addresses.",
    (
        Field(
            "to",
            ListOf(EMAIL, or_one=True),
            "Each address gets its own message.",
            "",
            "[admin@example.com, billing-oncall@example.com]",
            required=True,
        ),
    ),
)

_SLACK_TARGET = Section(
    "slack target",
    "A Slack channel or member.",
    (
        Field(
            "channel",
            WORD,
            "A channel's name (quoted, since # begins a comment) or id, or a member's id.",
            "",
            '"#billing-alerts"',
            required=True,
        ),
    ),
)

_PAGERDUTY_TARGET = Section(
    "pagerduty target",
    "A PagerDuty service.",
    (
        Field(
            "routing_key",
            SECRET,
            "The integration key of its Events API v2 integration. When it is empty the event is "
            "shown on the console.",
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
    ),
    elsewhere={"service_key": 'Events API v2 is used: write "routing_key"'},
)

_WEBHOOK_TARGET = Section(
    "webhook target",
    "A URL that takes Alertmanager's webhook.",
    (
        Field("url", Url(), "Where it is posted.", "", '"${TICKETS_WEBHOOK}"', required=True),
        Field(
            "max_alerts", count(0, 1_000_000), "Alerts in one message at most; 0: all.", "0", "100"
        ),
        Field("bearer", SECRET, "A bearer token to send along.", "none", '"${TICKETS_TOKEN}"'),
    ),
)

_CONSOLE_TARGET = Section("console target", "The standard output.", (), optional=True)

RECEIVER = Section(
    "receiver",
    "A name with the places that are told. One with no places tells nobody, on purpose.",
    (
        Field("name", NAME, "The name that routes use.", "", "billing-critical", required=True),
        Field("email", ListOf(_EMAIL_TARGET), "E-mail."),
        Field("slack", ListOf(_SLACK_TARGET), "Slack."),
        Field("pagerduty", ListOf(_PAGERDUTY_TARGET), "PagerDuty."),
        Field("webhook", ListOf(_WEBHOOK_TARGET), "Webhooks."),
        Field("console", ListOf(_CONSOLE_TARGET), "The standard output.", "none", "[{}]"),
        Field("escalate", NAME, "The escalation until somebody answers.", "none", "billing"),
        Field(
            "fallback",
            NAME,
            "The receiver that is told when this one's places cannot be reached.",
            "none",
            "everyone",
        ),
    ),
    elsewhere={
        "email_configs": "written as email: [{to: …}]; the account stands under channels:",
        "slack_configs": 'written as slack: [{channel: "#…"}]; the token stands under channels:',
        "pagerduty_configs": "written as pagerduty: [{routing_key: …}]",
        "webhook_configs": "written as webhook: [{url: …}]",
        **{
            f"{other}_configs": "this channel does not exist here; webhook: [{url: …}] may do"
            for other in (
                "discord", "incidentio", "jira", "mattermost", "msteams", "msteamsv2", "opsgenie",
                "pushover", "rocketchat", "sns", "telegram", "victorops", "webex", "wechat",
            )
        },
    },
)  # fmt: skip

SOURCES = MapOf("name", SOURCE, blank_member=True)
