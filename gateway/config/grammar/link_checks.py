"""The grammar of checks of links."""

from gateway.config.grammar.durations import PATIENCE
from gateway.config.grammar.field_types import Choice
from gateway.config.grammar.reports import CRON
from gateway.config.grammar.sections import Field, Section
from gateway.config.grammar.values import PROXY, ZONE
from gateway.core.plan.link_checks import DEFAULT_CRON

LINK_CHECKS = Section(
    "link checks",
    "The links of this file, and the runbooks and dashboards of the alerts of the last 30 days, "
    "are followed on a schedule. Dead ones are the alert GatewayRunbookDead.",
    (
        Field(
            "cron",
            CRON,
            "When they are followed: minute, hour, day of month, month, day of week.",
            DEFAULT_CRON,
            '"0 5 * * mon-fri"',
        ),
        Field(
            "timezone",
            ZONE,
            "The zone of the wall clock.",
            "that of business_hours",
            "Europe/Berlin",
        ),
        Field("timeout", PATIENCE, "How long an answer may take.", "10s", "20s"),
        Field(
            "private_addresses",
            Choice(("allow", "refuse")),
            "Whether links into private networks are followed. Anyone who may post alerts can then "
            "make the gateway send requests there (HEAD and GET, without credentials).",
            "refuse",
            "allow",
        ),
        Field(
            "proxy",
            PROXY,
            "An HTTP proxy. The environment's proxies are not used.",
            "none",
            "http://proxy.example.com:3128",
        ),
    ),
)
