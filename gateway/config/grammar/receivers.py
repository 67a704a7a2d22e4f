"""The grammar of receivers and their targets."""

from gateway.config.grammar.durations import PATIENCE
from gateway.config.grammar.field_types import Choice
from gateway.config.grammar.lists import ListOf
from gateway.config.grammar.null_names import NAMES
from gateway.config.grammar.sections import Field, Section
from gateway.config.grammar.values import EMAIL, FLAG, MAYBE_SECRET, NAME, SECRET, URL, WORD, count

# Alertmanager's (0.33) that have no counterpart here.
_NOT_HERE = (
    "discord", "incidentio", "jira", "mattermost", "msteams", "msteamsv2", "opsgenie",
    "pushover", "rocketchat", "sns", "telegram", "victorops", "webex", "wechat",
)  # fmt: skip

_SEND_RESOLVED = Field(
    "send_resolved",
    FLAG,
    "false: no resolved notification is sent, as in Alertmanager.",
    "true",
    "false",
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
        _SEND_RESOLVED,
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
        _SEND_RESOLVED,
    ),
)

_TARGET_NAME = Field(
    "name",
    WORD,
    "What people call it in messages and on pages, because its key or URL is a secret.",
    "from the variable's name or the URL's host",
    "payments",
)

_PAGERDUTY_TARGET = Section(
    "pagerduty target",
    "A PagerDuty service.",
    (
        Field(
            "routing_key",
            SECRET,
            "The integration key of its Events API v2 integration. When it is empty: see "
            "[empty tokens and keys](channels.md#empty-tokens-and-keys).",
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
        _TARGET_NAME,
        _SEND_RESOLVED,
    ),
    elsewhere={"service_key": 'Events API v2 is used: write "routing_key"'},
)

_WEBHOOK_TARGET = Section(
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
        _TARGET_NAME,
        _SEND_RESOLVED,
    ),
)

_CONSOLE_TARGET = Section("console target", "The standard output.", (), optional=True)

RECEIVER = Section(
    "receiver",
    "A name with its targets. A receiver without targets notifies nobody: `gateway check` warns of "
    "that at the root and where the worst alerts arrive, unless the name has a word in it such as "
    f"{', '.join(NAMES)}.",
    (
        Field("name", NAME, "The name that routes use.", "", "billing-critical", required=True),
        Field(
            "email",
            ListOf(_EMAIL_TARGET),
            "E-mail.",
            "none",
            "[{to: [admin@example.com, ana@example.com]}]",
        ),
        Field("slack", ListOf(_SLACK_TARGET), "Slack.", "none", '[{channel: "#billing-alerts"}]'),
        Field(
            "pagerduty",
            ListOf(_PAGERDUTY_TARGET),
            "PagerDuty.",
            "none",
            '[{routing_key: "${PAGERDUTY_BILLING_KEY}"}]',
        ),
        Field(
            "webhook",
            ListOf(_WEBHOOK_TARGET),
            "Webhooks.",
            "none",
            '[{url: "${TICKETS_WEBHOOK}", max_alerts: 100}]',
        ),
        Field("console", ListOf(_CONSOLE_TARGET), "The standard output.", "none", "[{}]"),
        Field(
            "escalate",
            NAME,
            "The escalation that runs until somebody acknowledges.",
            "none",
            "billing",
        ),
        Field(
            "fallback",
            NAME,
            "The receiver that is notified when this one's targets cannot be reached.",
            "none",
            "everyone",
        ),
    ),
    elsewhere={
        "email_configs": "written as email: [{to: …}]; the account is declared under channels:",
        "slack_configs": 'written as slack: [{channel: "#…"}]; the token is declared under '
        "channels:",
        "pagerduty_configs": "written as pagerduty: [{routing_key: …}]",
        "webhook_configs": "written as webhook: [{url: …}]",
        **{
            f"{other}_configs": "this channel does not exist here; webhook: [{url: …}] may do"
            for other in _NOT_HERE
        },
    },
)
