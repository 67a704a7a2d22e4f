"""The grammar of heartbeats."""

import re

from gateway.config.grammar.durations import DURATION, POSITIVE_DURATION
from gateway.config.grammar.field_types import Text
from gateway.config.grammar.lists import MapOf
from gateway.config.grammar.sections import Field, Section
from gateway.config.grammar.values import ANY_TEXT, TEXT, ZONE, count
from gateway.cron import check_slots

_CRON = Text("cron expression", check_slots)
_LABELS = MapOf("label", ANY_TEXT)

NAME_OF_A_JOB = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""Names that can be keys of the database, and parts of metrics and messages."""

HEARTBEAT = Section(
    "heartbeat",
    "A job that pings the gateway, with `period` or `cron`.",
    (
        Field(
            "period",
            POSITIVE_DURATION,
            "The time between two pings, for jobs that run each so often.",
            "none: write cron",
            "5m",
        ),
        Field(
            "cron",
            _CRON,
            "When the job runs, as in its cron table: minute, hour, day of month, month, day of "
            "week.",
            "none: write period",
            '"0 2 * * *"',
        ),
        Field(
            "timezone",
            ZONE,
            "The zone of the clock that the job's cron follows.",
            "that of business_hours",
            "Europe/Berlin",
        ),
        Field(
            "grace",
            DURATION,
            "How long after its due time the job counts as late before it counts as missing.",
            "5m",
            "1h",
        ),
        Field(
            "longest_run",
            POSITIVE_DURATION,
            "How long a run may last, from the ping with /start to the one at its end.",
            "not watched",
            "5m",
        ),
        Field(
            "labels",
            _LABELS,
            "Labels of its alerts, which select their routes.",
            "{severity: warning}",
            "{team: billing, severity: critical}",
        ),
        Field(
            "annotations",
            MapOf("annotation", TEXT),
            "Annotations of its alerts, in place of the gateway's or beside them.",
            "summary and description",
            '{runbook_url: "https://wiki.example.com/renewal-cron"}',
        ),
        Field(
            "missing",
            _LABELS,
            "Labels of the alert while a ping is missing, in place of `labels` or beside them.",
            "{alertname: HeartbeatMissing}",
            "{alertname: RenewalCronMissing, team: platform}",
        ),
        Field(
            "failed",
            _LABELS,
            "Labels of the alert after a failure, until the next success.",
            "{alertname: HeartbeatFailed}",
            "{alertname: RenewalCronFailed, severity: critical}",
        ),
        Field(
            "slow",
            _LABELS,
            "Labels of the alert while a run lasts longer than `longest_run`.",
            "{alertname: HeartbeatSlow}",
            "{alertname: RenewalCronSlow}",
        ),
        Field(
            "generation",
            count(1, 1_000_000),
            "A part of the job's URL. Raise it to revoke the URL; `gateway source heartbeats` "
            "prints the new one.",
            "1",
            "2",
        ),
    ),
    elsewhere={
        "schedule": 'write "cron" or "period"',
        "interval": 'write "period"',
        "every": 'write "period"',
        "severity": "it is a label: labels: {severity: …}, or only for one problem "
        "missing: {severity: …}",
        "timeout": 'write "longest_run" for a run, "grace" for a late one',
    },
)

HEARTBEATS = MapOf("name", HEARTBEAT)
