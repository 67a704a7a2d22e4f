"""The metrics of the billing rules, and their values when an alert's cause is present."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

HOUR = 3600.0

Shape = Literal["gauge", "rate", "age"]
"""A gauge stands at its value; a rate counts up, that much a second; an age is the time of what
happened so many seconds ago."""


@dataclass(frozen=True, slots=True)
class Series:
    """One time series: its value normally, and while an alert's cause is present."""

    metric: str
    well: float
    ill: Mapping[str, float] = field(default_factory=dict)  # by alert; the last one tripped counts
    labels: str = ""  # as the exposition format writes them
    shape: Shape = "gauge"

    @property
    def name(self) -> str:
        """Metric and labels in the exposition format."""
        return f"{self.metric}{{{self.labels}}}" if self.labels else self.metric


def buckets(
    metric: str, labels: str, alert: str, bounds: Mapping[str, tuple[float, float]]
) -> list[Series]:
    """Return a histogram's buckets: by upper bound, observations a second well and ill."""
    before = f"{labels}," if labels else ""
    return [
        Series(metric, well, {alert: ill}, f'{before}le="{bound}"', "rate")
        for bound, (well, ill) in bounds.items()
    ]


SERIES = (
    Series("billing_payment_attempts_total", 10, {}, 'result="success"', "rate"),
    Series(
        "billing_payment_attempts_total",
        0,
        {"BillingPaymentFailureRateHigh": 2, "BillingPaymentFailureRateCritical": 8},
        'result="failure"',
        "rate",
    ),
    Series(
        "billing_subscription_cancellations_total",
        0,
        {"SubscriptionCancellationRateHigh": 10},
        shape="rate",
    ),
    Series("billing_subscriptions_active", 100),
    *buckets(
        "billing_credit_grant_amount_bucket",
        "",
        "BillingCreditGrantAnomalyDetected",
        {"100": (10, 1), "1000": (10, 1), "10000": (10, 10), "+Inf": (10, 10)},
    ),
    Series("billing_credits_granted_total", 50, {"UnusualCreditActivity": 5000}, shape="rate"),
    Series(
        "billing_double_charge_detected_total",
        0,
        {"DoubleChargeDetected": 1},
        'detector="ledger_reconciliation"',
        "rate",
    ),
    Series(
        "billing_idempotent_retries_total",
        0.1,
        {"ExcessiveIdempotentRetries": 8},
        'operation="create_charge"',
        "rate",
    ),
    Series(
        "billing_constraints_present",
        1,
        {"BillingConstraintsMissing": 0},
        'constraint="charges_idempotency_key_unique"',
    ),
    Series(
        "renewal_cron_last_run_timestamp_seconds",
        2 * HOUR,
        {"RenewalCronMissing": 27 * HOUR},
        shape="age",
    ),
    Series("renewal_cron_runs_total", 0.1, {}, 'result="success"', "rate"),
    Series("renewal_cron_runs_total", 0, {"RenewalCronFailed": 1}, 'result="failure"', "rate"),
    Series("renewal_cron_last_duration_seconds", 240, {"RenewalCronSlow": 2700}),
    Series("http_requests_total", 50, {}, 'service="billing",code="200"', "rate"),
    Series(
        "http_requests_total",
        0,
        {"BillingHighErrorRate": 20},
        'service="billing",code="500"',
        "rate",
    ),
    *buckets(
        "http_request_duration_seconds_bucket",
        'service="billing"',
        "BillingHighLatency",
        {"0.5": (10, 1), "2": (10, 2), "5": (10, 10), "+Inf": (10, 10)},
    ),
    Series("billing_database_up", 1, {"BillingDatabaseDown": 0}),
    Series(
        "stripe_webhook_events_total", 20, {}, 'event_type="charge.succeeded",result="ok"', "rate"
    ),
    Series(
        "stripe_webhook_events_total",
        0,
        {"StripeWebhookFailures": 2, "StripeWebhookFailureRateHigh": 10},
        'event_type="invoice.paid",result="error"',
        "rate",
    ),
    *buckets(
        "stripe_webhook_processing_duration_seconds_bucket",
        "",
        "StripeWebhookProcessingDurationHigh",
        {"0.5": (10, 1), "1": (10, 2), "5": (10, 10), "+Inf": (10, 10)},
    ),
    Series(
        "stripe_webhook_last_received_timestamp_seconds",
        5,
        {"StripeWebhooksStalled": 7 * HOUR},
        shape="age",
    ),
    Series("db_pool_connections_in_use", 12, {"DatabaseConnectionPoolHigh": 95}, 'pool="billing"'),
    Series("db_pool_connections_max", 100, {}, 'pool="billing"'),
    Series("app_memory_used_bytes", 2e9, {"ApplicationMemoryHigh": 7.4e9}, 'service="billing"'),
    Series("app_memory_limit_bytes", 8e9, {}, 'service="billing"'),
)

ALERTS = frozenset(alert for series in SERIES for alert in series.ill)
"""Every alert that can be tripped."""
