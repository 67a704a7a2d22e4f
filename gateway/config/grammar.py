"""The whole of routes.yaml: its top-level keys. All else hangs below them."""

from gateway.config.grammar_accounts import CHANNELS, RECEIVER, SOURCES
from gateway.config.grammar_oncall import BUSINESS_HOURS, ESCALATION, PEOPLE, ROTAS, STEPS
from gateway.config.grammar_routing import INHIBIT_RULE, ROUTE, SEVERITY, TIME_INTERVAL
from gateway.config.kinds import Field, ListOf, ListOr, MapOf, Section
from gateway.config.values import POSITIVE_DURATION, TEXT

_E_MAIL = "the e-mail account stands under channels: email: {provider, token, from}"
_SLACK = "the Slack account stands under channels: slack: {token, signing_secret}"
_PAGERDUTY = "written as channels: pagerduty: {api_url: …}; routing keys stand with the receivers"

GLOBAL = Section(
    "global",
    "What Alertmanager calls global. The accounts stand under `channels:` here.",
    (
        Field(
            "resolve_timeout",
            POSITIVE_DURATION,
            "An alert without an end of its own counts as resolved when it was not reported for "
            "this long.",
            "5m",
            "5m",
        ),
    ),
    elsewhere={
        **dict.fromkeys(
            (
                "smtp_from", "smtp_smarthost", "smtp_hello", "smtp_auth_username",
                "smtp_auth_password", "smtp_auth_password_file", "smtp_auth_identity",
                "smtp_auth_secret", "smtp_auth_secret_file", "smtp_require_tls",
                "smtp_tls_config", "smtp_force_implicit_tls",
            ),
            _E_MAIL,
        ),
        **dict.fromkeys(
            ("slack_api_url", "slack_api_url_file", "slack_app_token", "slack_app_token_file",
             "slack_app_url"),
            _SLACK,
        ),
        "pagerduty_url": _PAGERDUTY,
        "http_config": "proxies are set by the environment (HTTPS_PROXY)",
    },
)  # fmt: skip

FILE = Section(
    "routes.yaml",
    "Who has to know what, and when.",
    (
        Field("global", GLOBAL, "Alertmanager's global section."),
        Field(
            "severity_label",
            TEXT,
            "The label that holds an alert's severity.",
            "severity",
            "priority",
        ),
        Field("sources", SOURCES, "Who may post alerts, and how they prove it."),
        Field("channels", CHANNELS, "The accounts that messages are sent with."),
        Field(
            "severities",
            MapOf("name", SEVERITY),
            "What the severities mean here. Without any the behaviour is Alertmanager's.",
            "none",
        ),
        Field("business_hours", BUSINESS_HOURS, 'What "next business day" means.'),
        Field("people", PEOPLE, "Who can be told.", "none"),
        Field("rotas", ROTAS, "Who is on call when.", "none"),
        Field(
            "escalations",
            MapOf("name", ListOr(STEPS, "steps", ESCALATION)),
            "Whom to tell next when nobody acknowledges.",
            "none",
        ),
        Field("receivers", ListOf(RECEIVER), "Who is told, and where.", "", required=True),
        Field("route", ROUTE, "The root of the routing tree.", "", required=True),
        Field("inhibit_rules", ListOf(INHIBIT_RULE), "What keeps what quiet.", "none"),
        Field("time_intervals", ListOf(TIME_INTERVAL), "Names for stretches of time.", "none"),
        Field(
            "mute_time_intervals",
            ListOf(TIME_INTERVAL),
            "Older name of time_intervals; both are read.",
            "none",
        ),
    ),
    elsewhere={
        "templates": "the folder of the templates is named on the command line: --templates",
        "tracing": "it does not exist here",
    },
)
