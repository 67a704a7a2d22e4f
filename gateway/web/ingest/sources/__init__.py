"""Sources of alerts: one file for each type of `sources:`, and their table."""

from collections.abc import Mapping

from gateway.web.ingest.sources import (
    alertmanager,
    grafana,
    json_mapping,
    posthog,
    prometheus,
    sentry,
)
from gateway.web.ingest.sources.parsed import Parse

SOURCES: Mapping[str, Parse] = {
    "alertmanager": alertmanager.parse,
    "prometheus": prometheus.parse,
    "grafana": grafana.parse,
    "sentry": sentry.parse,
    "json": json_mapping.parse,
    "posthog": posthog.parse,
}
"""The parser of each type in `gateway.core.plan.source_types`."""

ALERTS_KEY: Mapping[str, str] = {"alertmanager": "alerts", "prometheus": ""}
"""The key of the list of alerts in bodies of the types that list them; "" if the body is that
list."""
