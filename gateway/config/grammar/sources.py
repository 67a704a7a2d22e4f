"""The grammar of sources."""

from gateway.config.grammar.durations import POSITIVE_DURATION
from gateway.config.grammar.field_types import Choice, Text
from gateway.config.grammar.json_mapping import MAPPING
from gateway.config.grammar.lists import ListOf, MapOf
from gateway.config.grammar.mail_rules import MAIL_RULES
from gateway.config.grammar.sections import Field, Section
from gateway.config.grammar.values import (
    FLAG,
    SECRET,
    TEXT,
    WORD,
    count,
)
from gateway.core.plan.sns_topic import parse_topic
from gateway.core.plan.source_types import SOURCE_SPECS

SOURCE_TYPES = tuple(SOURCE_SPECS)
PRESET_TYPES = tuple(name for name, one in SOURCE_SPECS.items() if one.has_preset)
KEYS_OF_TYPES = {
    "topics": ("sns",),
    "rules": ("email",),
    "tags": ("sentry",),
    "levels": ("sentry",),
    "api_key": ("stripe",),
    "mapping": ("json", *PRESET_TYPES),
}
"""Keys that only sources of some types have."""


def _topic(text: str) -> str:
    return parse_topic(text).arn


TOPIC = Text("ARN of a topic", _topic, "^arn:")
SECRETS = ListOf(SECRET, or_one=True)

BASIC = Section(
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
        Field("bearer", SECRETS, "Bearer tokens.", "none", '"${ALERTMANAGER_TOKEN}"'),
        Field(
            "basic",
            ListOf(BASIC, or_one=True),
            "Names and passwords.",
            "none",
            '{username: am, password: "${INTAKE_PASSWORD}"}',
        ),
        Field(
            "hmac",
            SECRETS,
            "Keys of an HMAC-SHA256 over the body, sent as hexadecimal digits.",
            "none",
            '"${file:/run/secrets/hmac}"',
        ),
        Field(
            "hmac_header",
            ListOf(WORD, or_one=True),
            "The header with the HMAC, or several, any of them.",
            "the sender's own for its type, else X-Signature",
            "X-Hub-Signature",
        ),
        Field(
            "hmac_timestamp_header",
            WORD,
            "The header with the time that is signed, in Unix seconds. The HMAC is then over the "
            "time, a colon and the body, and a time that is 5 minutes from ours is refused.",
            "none: only the body is signed",
            "X-Grafana-Alerting-Timestamp",
        ),
        Field(
            "url_token",
            SECRETS,
            "Tokens at the end of the path, /webhook/NAME/TOKEN, for senders that cannot send a "
            "header. Prefer a header, because URLs are written to logs.",
            "none",
            '"${UPTIME_TOKEN}"',
        ),
        Field(
            "labels",
            MapOf("label", TEXT),
            "Labels of each of its alerts that has none of that name. They belong to its identity: "
            "after a change, what fires counts as another alert.",
            "none",
            "{team: billing}",
        ),
        Field(
            "allow_test",
            FLAG,
            'Whether its label test="true" marks a test, which numbers and reports leave out. '
            "Otherwise the label is renamed to exported_test.",
            "false",
            "true",
        ),
        Field(
            "max_bytes",
            count(1024, 1024**3),
            "The largest body that is accepted. A body may hold one alert for every 160 bytes of "
            "this limit, and at least 100,000.",
            "33554432 for alertmanager and prometheus, else 4194304",
            "10485760",
        ),
        Field(
            "resolve_timeout",
            POSITIVE_DURATION,
            "How long after its last report an alert without an end counts as resolved. "
            "Alertmanager does not report the end of an alert that it silences; a value longer "
            "than its longest repeat_interval resolves such an alert here.",
            "global's for prometheus, 25h for posthog and graylog, 90d for stripe, never for "
            "others",
            "26h",
        ),
        Field(
            "max_per_minute",
            count(1, 1_000_000),
            "How many posts a minute are accepted by a replica; more are answered 503 with "
            "Retry-After, and listed as refused.",
            "no limit",
            "600",
        ),
        Field(
            "expect_every",
            POSITIVE_DURATION,
            "After how long without an accepted post `SourceSilent`, an alert of the gateway's "
            "own, fires. Give it to senders that post regularly, such as Alertmanager with a "
            "Watchdog alert; at least 1m.",
            "never",
            "15m",
        ),
        Field(
            "api_key",
            SECRET,
            "Of type `stripe`: a restricted key that may read webhook endpoints. One that is "
            "disabled then fires StripeWebhookEndpointDisabled; Stripe sends no event for it.",
            "none: endpoints are not watched",
            '"${STRIPE_RESTRICTED_KEY}"',
        ),
        Field(
            "tags",
            ListOf(TEXT),
            "Of type sentry: the tags of an event that become labels. Name only tags with few "
            "values, because each value is another alert.",
            "[environment, domain, invariant, test]",
            "[domain, invariant, operation]",
        ),
        Field(
            "levels",
            MapOf("level", TEXT),
            "Of type sentry: the severities by Sentry's level (fatal, error, warning, info, debug) "
            "and by the state of a metric alert (critical, warning).",
            "fatal and critical: critical, error and warning: warning, others: info",
            "{error: critical}",
        ),
        Field(
            "topics",
            ListOf(TOPIC),
            "Of type sns: the topics that may post, by their ARNs; their subscriptions are "
            "confirmed.",
            "needed for type sns",
            '["arn:aws:sns:eu-central-1:123456789012:billing"]',
        ),
        Field(
            "mapping",
            MAPPING,
            "Of type json: how a body becomes alerts. Of the types that have a mapping, "
            f"{', '.join(PRESET_TYPES)}: changes to it, label by label.",
            "needed for type json",
            '{labels: {alertname: "{{ title }}"}}',
        ),
        Field(
            "rules",
            MAIL_RULES,
            "Of type email: which mails begin and end which alerts. The first that applies counts; "
            "a mail to which none applies is ignored.",
            "every mail is an alert, one for each address",
            "[{subject: failed}, {subject: succeeded, status: resolved}]",
        ),
    ),
    elsewhere={
        "token": 'write "bearer"',
        "bearer_token": 'write "bearer"',
        "basic_auth": 'write "basic": {username, password}',
    },
    optional=True,
)

SOURCES = MapOf("name", SOURCE, blank_member=True)
