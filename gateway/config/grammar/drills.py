"""The grammar of drills."""

from gateway.config.grammar.durations import POSITIVE_DURATION
from gateway.config.grammar.lists import MapOf
from gateway.config.grammar.reports import CRON
from gateway.config.grammar.sections import Field, Section
from gateway.config.grammar.values import ANY_TEXT, NAME, ZONE

DRILL = Section(
    "drill",
    "A test alert by the clock, to one `receiver`, `escalation` or `person`.",
    (
        Field("receiver", NAME, "The receiver that is drilled.", "none", "billing-critical"),
        Field("escalation", NAME, "The escalation that is drilled.", "none", "billing"),
        Field("person", NAME, "The person whose contacts are drilled.", "none", "ana"),
        Field(
            "source",
            NAME,
            "The source whose endpoint gets the alert: one of type prometheus, with `allow_test`.",
            "",
            "drills",
            required=True,
        ),
        Field(
            "cron",
            CRON,
            "When it begins: minute, hour, day of month, month, day of week. At most once an hour.",
            "",
            '"0 10 * * mon"',
            required=True,
        ),
        Field(
            "timezone",
            ZONE,
            "The zone of its clock.",
            "that of business_hours",
            "Europe/Berlin",
        ),
        Field("within", POSITIVE_DURATION, "How soon each message must arrive.", "5m", "2m"),
        Field(
            "acknowledge",
            POSITIVE_DURATION,
            "How soon somebody must acknowledge it.",
            "nobody need",
            "15m",
        ),
        Field(
            "labels",
            MapOf("label", ANY_TEXT),
            "Labels of its alert, beside those that mark it.",
            "{severity: critical}",
            "{severity: warning, team: billing}",
        ),
    ),
)

DRILLS = MapOf("name", DRILL)
