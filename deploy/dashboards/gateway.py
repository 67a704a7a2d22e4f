"""The dashboard "Gateway": is the gateway itself well? For the people who run it."""

from deploy.dashboards.gateway_delivery import DELIVERY, RESPONSE, ROTA
from deploy.dashboards.model import Board, Kind, Marks, Panel, Query, Row, Unit, Variable

RUNBOOKS = "https://docs.example.com/alert-gateway/runbooks"

STARTS = Marks(
    name="Deployments",
    expr='1000 * process_start_time_seconds{job="$job"}'
    ' * on (instance) group_left (version) gateway_build_info{job="$job"}',
    text="{{instance}} started with version {{version}}",
)
"""Each start of a replica: a new version, or the same one again."""

_HEALTH = Row(
    "Health",
    [
        Panel(
            title="Replicas",
            shows="Replicas that Prometheus can scrape, and those that it knows of.",
            normal="Both numbers are equal: 1 on SQLite, 2 or more on PostgreSQL.",
            action="See the log of the replica that is down, and why it ended.",
            runbook="gateway-down",
            kind=Kind.NUMBER,
            width=6,
            queries=[
                Query('sum(up{job="$job"})', "up"),
                Query('count(up{job="$job"})', "known"),
            ],
        ),
        Panel(
            title="Versions and configurations",
            shows="How many versions, and how many different routes.yaml, the replicas run.",
            normal="1 of each; 2 for the minutes of a roll-out.",
            action="Find the replica that did not reload or restart, and reload it.",
            runbook="gateway-replicas-disagree",
            kind=Kind.NUMBER,
            width=6,
            queries=[
                Query('count(count by (version) (gateway_build_info{job="$job"}))', "versions"),
                Query('count(count by (digest) (gateway_config_info{job="$job"}))', "routes.yaml"),
            ],
        ),
        Panel(
            title="Components with a problem",
            shows="Replicas whose /healthz names a problem of the component.",
            normal="0 everywhere.",
            action="Read /healthz: it names the problem and what to do.",
            runbook="gateway-channel-failing",
            width=12,
            limit=1,
            queries=[
                Query(
                    'sum by (component) (gateway_component_ok{job="$job"} == bool 0)',
                    "{{component}}",
                )
            ],
        ),
        Panel(
            title="Database",
            shows="1 while each replica can use its database, and while its file is intact.",
            normal="1. Without PostgreSQL or the volume, senders are answered 503 and retry.",
            action="Check the disk, the volume or the PostgreSQL server.",
            runbook="gateway-store-unavailable",
            width=6,
            queries=[
                Query('min by (instance) (gateway_store_up{job="$job"})', "{{instance}} available"),
                Query(
                    'min by (instance) (gateway_store_intact{job="$job"})', "{{instance}} intact"
                ),
            ],
        ),
        Panel(
            title="Lag of the event loop",
            shows="How late 99 of 100 timers are at most, for the slowest replica.",
            normal="Below 50 ms. A storm of alerts may raise it for a minute.",
            action="Look for a lack of CPU, swapping or a storm.",
            runbook="gateway-slow",
            unit=Unit.SECONDS,
            width=6,
            limit=0.5,
            queries=[
                Query(
                    "max(histogram_quantile(0.99, sum by (instance, le) ("
                    'rate(gateway_loop_lag_seconds_bucket{job="$job"}[$__rate_interval]))))',
                    "lag",
                )
            ],
        ),
        Panel(
            title="Clock difference",
            shows="How far each replica's clock is from that of PostgreSQL; 0 on SQLite.",
            normal="Below 0.1 s. Beyond 2 s a replica decides and sends nothing.",
            action="Repair the time synchronization of the machine.",
            runbook="gateway-clock-skew",
            unit=Unit.SECONDS,
            width=6,
            limit=2,
            queries=[Query('abs(gateway_clock_ahead_seconds{job="$job"})', "{{instance}}")],
        ),
        Panel(
            title="Memory",
            shows="Resident memory of each replica.",
            normal="Level over days, and well below the limit of the container.",
            action="If it only grows, keep the log and restart one replica at a time.",
            runbook="gateway-slow",
            unit=Unit.BYTES,
            width=6,
            queries=[Query('process_resident_memory_bytes{job="$job"}', "{{instance}}")],
        ),
    ],
)

_INTAKE = Row(
    "Intake",
    [
        Panel(
            title="Alerts accepted",
            shows="Alerts accepted per second by source, re-posts included.",
            normal="Steady for each source that re-posts, such as Prometheus.",
            action="A source at 0 may be cut off: post a test alert from there.",
            runbook="gateway-hears-nothing",
            unit=Unit.PER_SECOND,
            queries=[
                Query(
                    "sum by (source) "
                    '(rate(gateway_ingest_alerts_total{job="$job"}[$__rate_interval]))',
                    "{{source}}",
                )
            ],
        ),
        Panel(
            title="Posts by status",
            shows="Requests that post alerts, per second, by HTTP status.",
            normal="200 only. 503 is retried by the sender, 4xx mostly is not.",
            action="4xx: compare the sender's token and address. 5xx: see the database.",
            runbook="gateway-not-taking-alerts",
            unit=Unit.PER_SECOND,
            queries=[
                Query(
                    "sum by (status) "
                    '(rate(gateway_ingest_requests_total{job="$job"}[$__rate_interval]))',
                    "{{status}}",
                )
            ],
        ),
        Panel(
            title="Alerts not taken",
            shows="Alerts refused for an invalid field, alerts that the sender left out, and posts"
            " above max_per_minute, in the last hour.",
            normal="0.",
            action="The log says which field, and the page Sources which sender.",
            runbook="gateway-rejecting-alerts",
            limit=1,
            queries=[
                Query(
                    "sum by (source) "
                    '(increase(gateway_ingest_alerts_rejected_total{job="$job"}[1h]))',
                    "{{source}} refused",
                ),
                Query(
                    "sum by (source) "
                    '(increase(gateway_ingest_alerts_truncated_total{job="$job"}[1h]))',
                    "{{source}} left out",
                ),
                Query(
                    'sum by (source) (increase(gateway_ingest_rate_limited_total{job="$job"}[1h]))',
                    "{{source}} too often",
                ),
            ],
        ),
        Panel(
            title="Silent sources",
            shows="1 while a source with expect_every has been silent for longer.",
            normal="0. Sources without expect_every are not here.",
            action="See whether the sender runs and reaches the gateway.",
            runbook="source-silent",
            limit=1,
            queries=[Query('max by (source) (gateway_source_silent{job="$job"})', "{{source}}")],
        ),
        Panel(
            title="Requests refused",
            shows="HTTP requests refused as malformed or unauthorized, in the last hour, by kind.",
            normal="Near 0. Scanners of the internet raise it.",
            action="Much of `unauthorized`: a sender has an old token, or somebody guesses.",
            runbook="gateway-rejecting-alerts",
            queries=[
                Query(
                    'sum by (kind) (increase(gateway_http_refused_total{job="$job"}[1h]))',
                    "{{kind}}",
                ),
                Query(
                    "sum by (reason) "
                    '(increase(gateway_http_connections_closed_total{job="$job"}[1h]))',
                    "connection closed: {{reason}}",
                ),
            ],
        ),
        Panel(
            title="Decisions by reason",
            shows="Decisions about incidents per minute, by the reason to notify or to suppress.",
            normal="A few a minute, most of them suppressed as nothing new.",
            action="A rise is a storm, or an alert that flaps: see the dashboard Alerts.",
            runbook="gateway-slow",
            kind=Kind.BARS,
            queries=[
                Query(
                    "60 * sum by (reason) "
                    '(rate(gateway_decisions_total{job="$job"}[$__rate_interval]))',
                    "{{reason}}",
                )
            ],
        ),
    ],
)

BOARD = Board(
    uid="alert-gateway",
    title="Gateway",
    owner="platform",
    purpose="Whether the alert gateway takes alerts, decides and reaches people.",
    reviewed="2026-12-01",
    tag="alert-gateway",
    runbooks=RUNBOOKS,
    deployments=STARTS,
    variables=[Variable("job", "Job", "gateway_build_info")],
    rows=[_HEALTH, _INTAKE, DELIVERY, RESPONSE, ROTA],
)
