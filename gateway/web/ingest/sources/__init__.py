"""Sources of alerts: one file for each type of `sources:`, and their table."""

from collections.abc import Mapping

from gateway.core.plan.source_types import SOURCE_SPECS
from gateway.web.ingest.sources import (
    alertmanager,
    change,
    email,
    grafana,
    json_mapping,
    posthog,
    prometheus,
    sentry,
    sns,
)
from gateway.web.ingest.sources.parsed import Parse

SOURCES: Mapping[str, Parse] = {
    "alertmanager": alertmanager.parse,
    "prometheus": prometheus.parse,
    "grafana": grafana.parse,
    "sentry": sentry.parse,
    "json": json_mapping.parse,
    "posthog": posthog.parse,
    **{name: json_mapping.parse for name, one in SOURCE_SPECS.items() if one.has_preset},
    "sns": sns.parse,
    "email": email.parse,
    "change": change.parse,
}
"""The parser of each type in `gateway.core.plan.source_types`."""

ALERTS_KEY: Mapping[str, str] = {"alertmanager": "alerts", "prometheus": ""}
"""The key of the list of alerts in bodies of the types that list them; "" if the body is that
list."""
