"""Alerts about webhook endpoints at Stripe that are switched off. Pure.

Stripe switches an endpoint off that fails for days, sends a mail about it, and no event. So the
state of each endpoint is asked for: https://docs.stripe.com/api/webhook_endpoints/object
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gateway.core.alerts.reported_alert import ReportedAlert
from gateway.core.alerts.source_labels import labels_of_source
from gateway.core.plan.accounts import SourceSettings

ENDPOINT_DISABLED = "StripeWebhookEndpointDisabled"

LASTS = 86400.0
"""Seconds for which an alert fires after the last answer that confirms it. Higher: the alert about
an endpoint that was deleted while no gateway ran stays longer. Lower: it ends while Stripe is down.
"""


@dataclass(frozen=True, slots=True)
class StripeEndpoint:
    """One of the account's own webhook endpoints; `url` has neither credentials nor query."""

    id: str
    url: str
    enabled: bool


def endpoint_alerts(
    source: SourceSettings,
    endpoints: Sequence[StripeEndpoint],
    before: Mapping[str, StripeEndpoint],
    now: float,
) -> list[ReportedAlert]:
    """Return the alerts about an account's endpoints; those that work again, or are gone, end.

    `before` are those of the answer before, by id: what was off and is deleted ends too.
    """
    present = {one.id for one in endpoints}
    gone = [one for one in before.values() if one.id not in present and not one.enabled]
    return [
        *(_alert(source, one, now if one.enabled else now + LASTS) for one in endpoints),
        *(_alert(source, one, now) for one in gone),
    ]


def _alert(source: SourceSettings, endpoint: StripeEndpoint, ends_at: float) -> ReportedAlert:
    labels = {
        "alertname": ENDPOINT_DISABLED,
        source.severity_label: "critical",
        "endpoint": endpoint.id,
    }
    return ReportedAlert(
        labels_of_source(labels, source.labels, allow_test=False),
        {
            "summary": f"Stripe sends no events to {endpoint.url}",
            "description": f"The endpoint {endpoint.id} is disabled. Stripe disables an endpoint "
            "that fails for days, and anyone with access can. Mend it, enable it at Developers, "
            "Webhooks, and send the missed events again.",
        },
        ends_at=ends_at,
    )
