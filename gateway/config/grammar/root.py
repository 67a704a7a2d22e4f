"""The grammar of the top level of routes.yaml."""

from gateway.config.grammar.calendars import CALENDARS
from gateway.config.grammar.channels import ACCOUNTS
from gateway.config.grammar.drills import DRILLS
from gateway.config.grammar.durations import POSITIVE_DURATION
from gateway.config.grammar.field_types import Choice
from gateway.config.grammar.heartbeats import HEARTBEATS
from gateway.config.grammar.link_checks import LINK_CHECKS
from gateway.config.grammar.links import LINKS, LINKS_MEANING
from gateway.config.grammar.lists import ListOf, MapOf
from gateway.config.grammar.oncall import BUSINESS_HOURS, ESCALATION, ROTAS, STEPS
from gateway.config.grammar.own_alerts import OWN_ALERTS
from gateway.config.grammar.people import PEOPLE
from gateway.config.grammar.prometheus import PROMETHEUS
from gateway.config.grammar.receivers import RECEIVER
from gateway.config.grammar.reports import REPORTS
from gateway.config.grammar.routing import FLAPPING, ROUTE, SEVERITY, WATCHDOG
from gateway.config.grammar.runbooks import RUNBOOKS
from gateway.config.grammar.sections import Field, Section, SectionOrList
from gateway.config.grammar.soundness import SOUNDNESS
from gateway.config.grammar.sources import SOURCES
from gateway.config.grammar.suppression import INHIBIT_RULE, TIME_INTERVAL
from gateway.config.grammar.teams import TEAMS
from gateway.config.grammar.values import TEXT
from gateway.core.plan.plan import Repeats

# Alertmanager's keys, by the ends of their names.
_SMTP_KEYS = (
    "from", "smarthost", "hello", "auth_username", "auth_password", "auth_password_file",
    "auth_identity", "auth_secret", "auth_secret_file", "require_tls", "tls_config",
    "force_implicit_tls",
)  # fmt: skip
_SLACK_KEYS = ("api_url", "api_url_file", "app_token", "app_token_file", "app_url")

_E_MAIL = "the e-mail account is declared under channels: email: {provider, token, from}"
_SLACK = "the Slack account is declared under channels: slack: {token, signing_secret}"
_PAGERDUTY = "written as channels: pagerduty: {api_url: …}; routing keys belong to the receivers"

# What slips to the left when the root route is indented wrongly.
_OF_ROUTES = (
    "receiver", "matchers", "match", "match_re", "group_by", "continue", "group_wait",
    "group_interval", "repeat_interval", "active_time_intervals",
)  # fmt: skip

GLOBAL = Section(
    "global",
    "Alertmanager's global section. Accounts are declared under `channels:` here.",
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
        **{f"smtp_{key}": _E_MAIL for key in _SMTP_KEYS},
        **{f"slack_{key}": _SLACK for key in _SLACK_KEYS},
        "pagerduty_url": _PAGERDUTY,
        "http_config": "a proxy is its account's: channels: webhook: {proxy: http://…}",
    },
)

FILE = Section(
    "routes.yaml",
    "Who is notified of which alerts, and when.",
    (
        Field("global", GLOBAL, "Alertmanager's global section.", "none", "{resolve_timeout: 5m}"),
        Field(
            "severity_label",
            TEXT,
            "The label that holds an alert's severity.",
            "severity",
            "priority",
        ),
        Field(
            "sources",
            SOURCES,
            "Who may post alerts, and with which credentials. Only declared sources exist.",
            "without this key: alertmanager and prometheus, open",
            '{alertmanager: {bearer: "${ALERTMANAGER_TOKEN}"}}',
        ),
        Field(
            "channels",
            ACCOUNTS,
            "The accounts that messages are sent with.",
            "those that need none",
            '{slack: {token: "${SLACK_TOKEN}"}}',
        ),
        Field(
            "severities",
            MapOf("name", SEVERITY),
            "What the severities mean here. Without any, the behaviour is Alertmanager's.",
            "none",
            "{critical: {rank: 1, respond_within: 15m}, warning: {rank: 2}}",
        ),
        Field(
            "business_hours",
            BUSINESS_HOURS,
            'What "same day", "next business day" and `workdays` mean.',
            "Mon-Fri 09:00-17:00 UTC",
            "{timezone: Europe/Berlin}",
        ),
        Field("people", PEOPLE, "Who can be notified.", "none", "{ana: {email: ana@example.com}}"),
        Field(
            "rotas",
            ROTAS,
            "Who is on call when.",
            "none",
            "{billing: {layers: [{members: [ana], start: 2026-01-05}]}}",
        ),
        Field(
            "calendars",
            CALENDARS,
            "How the calendars of `ical:` and of holidays are read.",
            "every 5 minutes",
            "{refresh: 15m}",
        ),
        Field(
            "escalations",
            MapOf("name", SectionOrList(STEPS, "steps", ESCALATION)),
            "Who is notified next while nobody acknowledges.",
            "none",
            '{billing: [{notify: ["rota:billing"], wait: 15m}]}',
        ),
        Field(
            "teams",
            TEAMS,
            "Whose incidents are whose.",
            "none",
            "{billing: {matchers: ['team=\"billing\"'], members: [ana, ben]}}",
        ),
        Field(
            "reports",
            REPORTS,
            "Reports that are sent by e-mail and to Slack on a schedule.",
            "none",
            "{weekly: {receiver: leads}}",
        ),
        Field(
            "prometheus",
            PROMETHEUS,
            "The Prometheus that is asked for lines of reports.",
            "none",
            "{url: http://prometheus:9090}",
        ),
        Field(
            "receivers",
            ListOf(RECEIVER),
            "Who is notified, and on which channels.",
            "",
            "[{name: everyone, email: [{to: admin@example.com}]}]",
            required=True,
        ),
        Field(
            "route",
            ROUTE,
            "The root of the routing tree.",
            "",
            "{receiver: everyone, group_by: [alertname]}",
            required=True,
        ),
        Field(
            "links",
            LINKS,
            f"{LINKS_MEANING} Routes may add more, replace them or leave them out.",
            "none",
            '[{title: Logs, url: "https://logs.example.com/?q={{ labels.service }}"}]',
        ),
        Field(
            "runbooks",
            RUNBOOKS,
            "What to do about alerts: a folder of Markdown files (relative to routes.yaml), which "
            "the gateway serves, or a URL. A file is an alert's by its name: DoubleChargeDetected "
            "has double-charge-detected.md. Behind a URL comes the alert's name, or it holds "
            "`{{ alertname }}`. The annotation runbook_url of an alert wins.",
            "none",
            "runbooks",
        ),
        Field(
            "soundness",
            SOUNDNESS,
            "What `gateway soundness` reads: rule files, invariants and dashboards.",
            "the routes and the stored alerts only",
            "{rules: [rules/billing.rules.yml]}",
        ),
        Field(
            "link_checks",
            LINK_CHECKS,
            "Follows links to runbooks and dashboards each night, to find dead ones.",
            "no links are followed",
            "{private_addresses: allow}",
        ),
        Field(
            "repeats",
            Choice(tuple(Repeats)),
            "When an incident that goes on is notified again: exactly after repeat_interval or, as "
            "in Alertmanager, at the first tick of group_interval after it has passed. A "
            "notification held back by a silence or a mute then waits for a tick, too. `gateway "
            "route` prints the resulting times.",
            str(Repeats.EXACT),
            str(Repeats.ON_TICKS),
        ),
        Field(
            "flapping",
            FLAPPING,
            "When an incident that resolves and fires again and again is notified less often.",
            "on where severities are declared",
            "{times: 6, within: 1h}",
        ),
        Field(
            "inhibit_rules",
            ListOf(INHIBIT_RULE),
            "Which firing alerts suppress which others.",
            "none",
            "[{source_matchers: [severity=critical], target_matchers: [severity=info]}]",
        ),
        Field(
            "watchdogs",
            MapOf("name", WATCHDOG),
            "Alerts that must always fire; the absence of one is an alert.",
            "none",
            "{prometheus: {matchers: ['alertname=\"Watchdog\"'], absent_for: 10m}}",
        ),
        Field(
            "heartbeats",
            HEARTBEATS,
            "Jobs that ping the gateway when they run. One that does not, that fails or that runs "
            "too long is an alert.",
            "none",
            '{renewal-cron: {cron: "0 2 * * *", grace: 1h, labels: {team: billing}}}',
        ),
        Field(
            "drills",
            DRILLS,
            "Test alerts by the clock. One that does not arrive is an alert.",
            "none",
            '{weekly: {escalation: billing, source: drills, cron: "0 10 * * mon"}}',
        ),
        Field(
            "gateway_alerts",
            OWN_ALERTS,
            "What the gateway's own alerts have in common, such as GatewayNobodyOnCall.",
            "no labels of their own",
            "{labels: {team: platform}}",
        ),
        Field(
            "time_intervals",
            ListOf(TIME_INTERVAL),
            "Named periods of time.",
            "none",
            "[{name: weekend, time_intervals: [{weekdays: [saturday, sunday]}]}]",
        ),
        Field(
            "mute_time_intervals",
            ListOf(TIME_INTERVAL),
            "Older name of time_intervals; both are read.",
            "none",
            "[{name: weekend, time_intervals: [{weekdays: [saturday, sunday]}]}]",
        ),
    ),
    elsewhere={
        **dict.fromkeys(_OF_ROUTES, "it belongs to a route: indent it below route:"),
        "routes": "they belong to the route above them: indent them below route:",
        "templates": "the folder of the templates is an option of the command line: --templates",
        "tracing": "it does not exist here",
    },
)
