"""The dashboard "Billing health" of the billing example: can customers pay?"""

from deploy.dashboards.model import Board, Kind, Marks, Panel, Query, Row, Unit

RUNBOOKS = "https://gateway.example.com/runbooks"

DEPLOYMENTS = Marks(
    name="Deployments",
    expr="1000 * max by (source) "
    '(gateway_source_last_post_timestamp_seconds{source="deployments"})',
    text="Deployment reported",
)
"""Each report of the source `deployments` of the example's routes.yaml."""

_PAYMENTS = Row(
    "Payments",
    [
        Panel(
            title="Payments that fail",
            shows="Share of the payment attempts of the last 15 minutes that fail.",
            normal="Below 5 %: cards are declined every day.",
            action="Above 10 %: look for one decline code, one country or a provider's outage.",
            runbook="payment-failures",
            unit=Unit.SHARE,
            limit=0.1,
            queries=[
                Query(
                    'sum(rate(billing_payment_attempts_total{result="failure"}[15m]))'
                    " / sum(rate(billing_payment_attempts_total[15m]))",
                    "failures",
                )
            ],
        ),
        Panel(
            title="Payment attempts",
            shows="Payment attempts per minute, by result.",
            normal="Follows the time of day; the renewals at 2:00 stand out.",
            action="A fall to 0 in the daytime: try a checkout yourself.",
            runbook="payment-failures",
            kind=Kind.BARS,
            queries=[
                Query(
                    "60 * sum by (result) (rate(billing_payment_attempts_total[$__rate_interval]))",
                    "{{result}}",
                )
            ],
        ),
        Panel(
            title="Errors of Stripe's API",
            shows="Calls of Stripe's API that failed in the last hour.",
            normal="Below 5.",
            action="See Stripe's status page, then our last deployment.",
            runbook="payment-failures",
            limit=5,
            queries=[Query("sum(increase(stripe_api_errors_total[1h]))", "errors")],
        ),
    ],
)

_WEBHOOKS = Row(
    "Webhooks from Stripe",
    [
        Panel(
            title="Webhooks that fail",
            shows="Share of Stripe's webhooks that we answered with an error, over 10 minutes.",
            normal="Below 0.1 %: the target is 99.9 % answered.",
            action="Find the event type in the logs. Stripe repeats for three days.",
            runbook="webhook-failures",
            unit=Unit.SHARE,
            limit=0.05,
            queries=[
                Query(
                    'sum(rate(stripe_webhook_events_total{result="error"}[10m]))'
                    " / sum(rate(stripe_webhook_events_total[10m]))",
                    "failures",
                )
            ],
        ),
        Panel(
            title="Webhook processing time",
            shows="How long 95 of 100 webhooks take at most.",
            normal="Below 1 s.",
            action="Above 3 s Stripe may give up: look for slow queries or locks.",
            runbook="webhook-failures",
            unit=Unit.SECONDS,
            limit=3,
            queries=[
                Query(
                    "histogram_quantile(0.95, sum by (le) "
                    "(rate(stripe_webhook_processing_duration_seconds_bucket[5m])))",
                    "p95",
                )
            ],
        ),
        Panel(
            title="Since the last webhook",
            shows="Seconds since a webhook of Stripe was last received.",
            normal="Minutes; an hour at night.",
            action="After 6 hours of business: compare the endpoint in Stripe's dashboard.",
            runbook="webhook-failures",
            unit=Unit.SECONDS,
            limit=21600,
            queries=[
                Query("time() - max(stripe_webhook_last_received_timestamp_seconds)", "silence")
            ],
        ),
    ],
)

_SERVICE = Row(
    "Service",
    [
        Panel(
            title="Errors of the billing service",
            shows="Share of requests of the last 5 minutes that were answered 5xx.",
            normal="Below 0.1 %.",
            action="Above 1 %: compare with the last deployment, and undo it if they coincide.",
            runbook="billing-service",
            unit=Unit.SHARE,
            limit=0.01,
            queries=[
                Query(
                    'sum(rate(http_requests_total{service="billing",code=~"5.."}[5m]))'
                    ' / sum(rate(http_requests_total{service="billing"}[5m]))',
                    "errors",
                )
            ],
        ),
        Panel(
            title="Latency of the billing service",
            shows="How long 95, and 99, of 100 requests take at most.",
            normal="p95 below 0.5 s.",
            action="Above 2 s: see the database's connections, then traces of slow requests.",
            runbook="billing-service",
            unit=Unit.SECONDS,
            limit=2,
            queries=[
                Query(
                    f"histogram_quantile({quantile}, sum by (le) (rate("
                    'http_request_duration_seconds_bucket{service="billing"}[5m])))',
                    name,
                )
                for quantile, name in ((0.95, "p95"), (0.99, "p99"))
            ],
        ),
        Panel(
            title="Database connections",
            shows="Share of the database connections that are in use, by pool.",
            normal="Below 80 %. The pool belongs to platform, whatever uses it up.",
            action="Find the service that holds them, and its slow queries.",
            runbook="app-capacity",
            unit=Unit.SHARE,
            limit=0.9,
            queries=[
                Query("db_pool_connections_in_use / db_pool_connections_max", "{{pool}}"),
            ],
        ),
    ],
)

_CUSTOMERS = Row(
    "Customers",
    [
        Panel(
            title="Cancellations",
            shows="Share of active subscriptions that were cancelled in the last hour.",
            normal="Below 1 %.",
            action="Above 10 %: look for a mail that went out, a price or a broken page.",
            runbook="user-impact",
            unit=Unit.SHARE,
            limit=0.1,
            queries=[
                Query(
                    "sum(increase(billing_subscription_cancellations_total[1h]))"
                    " / max(billing_subscriptions_active)",
                    "cancelled",
                )
            ],
        ),
        Panel(
            title="Credits granted",
            shows="Credits that were granted per second.",
            normal="Below 1,000. Purchases and renewals grant them.",
            action="Find the operation that grants so many, and whether somebody paid.",
            runbook="quotas",
            limit=1000,
            queries=[Query("sum(rate(billing_credits_granted_total[10m]))", "credits")],
        ),
        Panel(
            title="Users at their limits",
            shows="Share of the active users who have used up their quota.",
            normal="Below 5 %.",
            action="Above 20 %: see whether the reset of the quotas ran.",
            runbook="quotas",
            unit=Unit.SHARE,
            limit=0.2,
            queries=[Query("sum(quota_users_at_limit) / sum(quota_users_active)", "at limit")],
        ),
    ],
)

BOARD = Board(
    uid="billing-health",
    title="Billing health",
    owner="billing",
    purpose="Whether customers can pay, and whether the service and Stripe's webhooks keep up.",
    reviewed="2026-12-01",
    tag="billing",
    runbooks=RUNBOOKS,
    deployments=DEPLOYMENTS,
    rows=[_PAYMENTS, _WEBHOOKS, _SERVICE, _CUSTOMERS],
    since="now-24h",
)
