"""The grammar of scheduled reports."""

from gateway.config.grammar.field_types import Choice, Text
from gateway.config.grammar.lists import ListOf, MapOf
from gateway.config.grammar.sections import Field, Section
from gateway.config.grammar.values import NAME, TEXT, ZONE
from gateway.core.plan.report_settings import ReportKind
from gateway.cron import check_cron

CRON = Text("cron expression", check_cron)

REPORT = Section(
    "report",
    "Figures of the time since the report before, sent to a receiver.",
    (
        Field(
            "kind",
            Choice(tuple(ReportKind)),
            "daily: incidents, response times, what is open, failed deliveries. weekly: people, "
            "rotas and noisy alerts, beside the time before.",
            "the key, where it is one of them",
            "weekly",
        ),
        Field(
            "receiver",
            NAME,
            "Who gets it: the e-mail and Slack targets of this receiver.",
            "",
            "billing-leads",
            required=True,
        ),
        Field(
            "cron",
            CRON,
            "When it is sent: minute, hour, day of month, month, day of week. At most "
            "once an hour.",
            "0 8 * * *; weekly: 0 8 * * mon",
            '"30 7 * * mon-fri"',
        ),
        Field(
            "timezone",
            ZONE,
            "The zone of the wall clock and of the days.",
            "that of business_hours",
            "Europe/Berlin",
        ),
        Field("team", NAME, "Only the incidents of this team.", "all incidents", "billing"),
        Field(
            "lines",
            MapOf("heading", ListOf(NAME, or_one=True)),
            "Answers of Prometheus: by heading, the names of queries under `prometheus:`.",
            "none",
            "{Objectives: [webhooks-answered], Business: [purchases]}",
        ),
        Field("title", TEXT, "Its name in the subject.", "the kind and the team", "Billing"),
    ),
)

REPORTS = MapOf("name", REPORT)
