"""The dashboard "Alerts": who gets how many incidents, and how many of them are noise."""

from deploy.dashboards.gateway import RUNBOOKS, STARTS
from deploy.dashboards.model import Board, Kind, Panel, Query, Row, Unit, Variable

_INCIDENTS = "gateway_resolution_seconds_count"
"""Resolved incidents: each is observed once, by the replica that resolved it."""

_WHERE = '{job="$job",team=~"$team",severity=~"$severity"}'

_NOW = Row(
    "Now",
    [
        Panel(
            title="Open incidents by team",
            shows="Incidents that are not resolved, by team. Replicas all say the same.",
            normal="A few, each of them acknowledged.",
            action="Resolve, silence or hand over what has been open for days.",
            runbook="gateway-incident-unacknowledged",
            queries=[
                Query(
                    f"sum by (team) (max by (team, severity, state) (gateway_incidents{_WHERE}))",
                    "{{team}}",
                )
            ],
        ),
        Panel(
            title="Open incidents by severity",
            shows="Incidents that are not resolved, by severity and whether they are acknowledged.",
            normal="Nothing critical is firing: somebody has acknowledged it.",
            action="Acknowledge what is critical and firing.",
            runbook="gateway-incident-unacknowledged",
            queries=[
                Query(
                    "sum by (severity, state) "
                    f"(max by (team, severity, state) (gateway_incidents{_WHERE}))",
                    "{{severity}} {{state}}",
                )
            ],
        ),
        Panel(
            title="Oldest without acknowledgement",
            shows="Age of the oldest notified incident without acknowledgement, by team.",
            normal="Below respond_within of its severity.",
            action="Call the person on call, or acknowledge it yourself.",
            runbook="gateway-incident-unacknowledged",
            unit=Unit.SECONDS,
            queries=[
                Query(f"max by (team) (gateway_incidents_unanswered_seconds{_WHERE})", "{{team}}")
            ],
        ),
    ],
)

_LOAD = Row(
    "Load",
    [
        Panel(
            title="Resolved incidents per day by team",
            shows="Incidents that were resolved in the last 24 hours, by team.",
            normal="Below ten for one team: more than that nobody follows up.",
            action="Find the noisiest alerts in `gateway report`, and route or fix them.",
            runbook="../numbers",
            kind=Kind.BARS,
            queries=[Query(f"sum by (team) (increase({_INCIDENTS}{_WHERE}[1d]))", "{{team}}")],
        ),
        Panel(
            title="Resolved incidents per day by severity",
            shows="Incidents that were resolved in the last 24 hours, by severity.",
            normal="More info than warning, more warning than critical.",
            action="Lower the severity of what wakes people and can wait until morning.",
            runbook="../numbers",
            kind=Kind.BARS,
            queries=[
                Query(f"sum by (severity) (increase({_INCIDENTS}{_WHERE}[1d]))", "{{severity}}")
            ],
        ),
        Panel(
            title="Missed responses",
            shows="Incidents that nobody acknowledged in time in the last 24 hours, by team.",
            normal="0.",
            action="See the incident's timeline: was the page sent, and did it arrive?",
            runbook="gateway-incident-unacknowledged",
            kind=Kind.BARS,
            limit=1,
            queries=[
                Query(
                    "sum by (team, severity) "
                    f"(increase(gateway_missed_responses_total{_WHERE}[1d]))",
                    "{{team}} {{severity}}",
                )
            ],
        ),
        Panel(
            title="Time to acknowledge by team",
            shows="From the first message to the first acknowledgement: nine of ten incidents of"
            " the last 7 days take at most this long.",
            normal="Within respond_within of the severity.",
            action="Compare pages at night and by person in `gateway report`.",
            runbook="gateway-incident-unacknowledged",
            unit=Unit.SECONDS,
            width=12,
            queries=[
                Query(
                    "histogram_quantile(0.9, sum by (team, le) "
                    f"(increase(gateway_acknowledgement_seconds_bucket{_WHERE}[7d])))",
                    "{{team}}",
                )
            ],
        ),
        Panel(
            title="Time to resolve by team",
            shows="From the first alert to the end of the last: half of the incidents of the last"
            " 7 days take at most this long.",
            normal="Hours at most.",
            action="Turn what takes days into a ticket, and silence it meanwhile.",
            runbook="gateway-incident-unacknowledged",
            unit=Unit.SECONDS,
            width=12,
            queries=[
                Query(
                    "histogram_quantile(0.5, sum by (team, le) "
                    f"(increase(gateway_resolution_seconds_bucket{_WHERE}[7d])))",
                    "{{team}}",
                )
            ],
        ),
    ],
)

_NOISE = Row(
    "Noise",
    [
        Panel(
            title="Resolved without an acknowledgement",
            shows="Share of the incidents of the last 7 days that ended without an"
            " acknowledgement, by team.",
            normal="Below a half. Nobody needs a message that asks for nothing.",
            action="Give such alerts a longer `for`, a lower severity, or remove them.",
            runbook="../numbers",
            unit=Unit.SHARE,
            queries=[
                Query(
                    "clamp_min(1 - sum by (team) "
                    f"(increase(gateway_acknowledgement_seconds_count{_WHERE}[7d]))"
                    f" / sum by (team) (increase({_INCIDENTS}{_WHERE}[7d])), 0)",
                    "{{team}}",
                )
            ],
        ),
        Panel(
            title="Over within five minutes",
            shows="Share of the incidents of the last 7 days that ended within 5 minutes, by team.",
            normal="Below a fifth.",
            action="Give the rules a longer `for`: these are over before anybody looks.",
            runbook="../numbers",
            unit=Unit.SHARE,
            queries=[
                Query(
                    "sum by (team) (increase(gateway_resolution_seconds_bucket"
                    '{job="$job",team=~"$team",severity=~"$severity",le="300.0"}[7d]))'
                    f" / sum by (team) (increase({_INCIDENTS}{_WHERE}[7d]))",
                    "{{team}}",
                )
            ],
        ),
        Panel(
            title="Without a runbook",
            shows="Incidents of the last 24 hours that were notified without a link to a runbook.",
            normal="0.",
            action="Write one, and set the annotation runbook_url in the rule.",
            runbook="../write-runbooks",
            kind=Kind.BARS,
            queries=[
                Query(
                    "sum by (team) (increase("
                    'gateway_incidents_without_runbook_total{job="$job",team=~"$team"}[1d]))',
                    "{{team}}",
                )
            ],
        ),
        Panel(
            title="Time firing in Prometheus",
            shows="The ten alerts of Prometheus that fired in most of the last day's evaluations.",
            normal="Only Watchdog fires all the time.",
            action="An alert that fires for days is no alert: repair it, or change the rule.",
            runbook="../numbers",
            width=12,
            queries=[
                Query(
                    "topk(10, sum by (alertname) "
                    '(count_over_time(ALERTS{alertstate="firing"}[1d])))',
                    "{{alertname}}",
                )
            ],
        ),
        Panel(
            title="Silences",
            shows="Silences that are active, and those that begin later.",
            normal="A few, each with an end within days.",
            action="Let silences of weeks end: change the rule instead.",
            runbook="../silences",
            width=12,
            queries=[Query('max by (state) (gateway_silences{job="$job"})', "{{state}}")],
        ),
    ],
)

BOARD = Board(
    uid="alert-gateway-alerts",
    title="Alerts",
    owner="platform",
    purpose="How many incidents each team gets, how they are answered, and what is noise.",
    reviewed="2026-12-01",
    tag="alert-gateway",
    runbooks=RUNBOOKS,
    deployments=STARTS,
    variables=[
        Variable("job", "Job", "gateway_build_info"),
        Variable("team", "Team", "gateway_incidents", several=True),
        Variable("severity", "Severity", "gateway_incidents", several=True),
    ],
    rows=[_NOW, _LOAD, _NOISE],
    since="now-7d",
)
