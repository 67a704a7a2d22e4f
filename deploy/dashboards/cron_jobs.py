"""The dashboard "Cron jobs" of the billing example: did the jobs of the night run?"""

from deploy.dashboards.billing_health import DEPLOYMENTS, RUNBOOKS
from deploy.dashboards.model import Board, Kind, Panel, Query, Row, Unit

_RENEWALS = Row(
    "Renewals",
    [
        Panel(
            title="Since the last renewal run",
            shows="Seconds since the renewal cron last ended, well or not.",
            normal="Below 24 hours: it runs at 2:00.",
            action="After 25 hours: see whether its scheduler runs, then start it by hand.",
            runbook="renewal-cron",
            unit=Unit.SECONDS,
            limit=90000,
            queries=[Query("time() - max(renewal_cron_last_run_timestamp_seconds)", "silence")],
        ),
        Panel(
            title="Renewal runs",
            shows="Runs of the renewal cron in the last day, by result.",
            normal="One success, and no failure.",
            action="Read its output and the exception. Decide: wait, repair, or catch up.",
            runbook="renewal-cron",
            kind=Kind.BARS,
            queries=[
                Query("sum by (result) (increase(renewal_cron_runs_total[1d]))", "{{result}}")
            ],
        ),
        Panel(
            title="Duration of the last renewal run",
            shows="Seconds that the last run of the renewal cron took.",
            normal="Below 5 minutes, growing slowly with the subscriptions.",
            action="Look for slow calls of Stripe, and for locks in the database.",
            runbook="renewal-cron",
            unit=Unit.SECONDS,
            limit=300,
            queries=[Query("max(renewal_cron_last_duration_seconds)", "duration")],
        ),
    ],
)

_HEARTBEATS = Row(
    "Heartbeats at the gateway",
    [
        Panel(
            title="Heartbeats that are not well",
            shows="1 while the gateway calls a heartbeat late, down or running too long.",
            normal="0.",
            action="`gateway source heartbeats` says since when; the incident has its output.",
            runbook="renewal-cron",
            limit=1,
            queries=[
                Query(
                    "max by (heartbeat, status) "
                    '(gateway_heartbeat_status{status=~"late|down|running too long"})',
                    "{{heartbeat}} {{status}}",
                )
            ],
        ),
        Panel(
            title="Since the last ping",
            shows="Seconds since each heartbeat last had a success or failure.",
            normal="Below its schedule and grace.",
            action="Start the job by hand, and see whether its ping arrives.",
            runbook="renewal-cron",
            unit=Unit.SECONDS,
            queries=[
                Query(
                    "time() - max by (heartbeat) (gateway_heartbeat_last_ping_timestamp_seconds)",
                    "{{heartbeat}}",
                )
            ],
        ),
        Panel(
            title="Pings by kind",
            shows="Pings of jobs that the gateway stored in the last hour, by kind.",
            normal="As many successes as starts.",
            action="More starts than ends: a job is killed while it runs.",
            runbook="renewal-cron",
            kind=Kind.BARS,
            queries=[Query("sum by (kind) (increase(gateway_pings_total[1h]))", "{{kind}}")],
        ),
    ],
)

_QUOTAS = Row(
    "Quotas",
    [
        Panel(
            title="Quota resets",
            shows="Runs of the quota reset in the last day, by result.",
            normal="One success on the day of the reset, and no failure.",
            action="Run it again: users stay at their limits until then.",
            runbook="quotas",
            kind=Kind.BARS,
            width=24,
            queries=[Query("sum by (result) (increase(quota_reset_runs_total[1d]))", "{{result}}")],
        ),
    ],
)

BOARD = Board(
    uid="billing-cron-jobs",
    title="Cron jobs",
    owner="platform",
    purpose="Whether the jobs of billing ran, how long they took, and whether they ended well.",
    reviewed="2026-12-01",
    tag="billing",
    runbooks=RUNBOOKS,
    deployments=DEPLOYMENTS,
    rows=[_RENEWALS, _HEARTBEATS, _QUOTAS],
    since="now-7d",
)
