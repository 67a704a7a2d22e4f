"""Sources of alerts: one file for each type of `sources:`, and their table."""

from collections.abc import Mapping

from gateway.web.ingest.sources import alertmanager, prometheus
from gateway.web.ingest.sources.parsed import Parse

SOURCES: Mapping[str, Parse] = {
    "alertmanager": alertmanager.parse,
    "prometheus": prometheus.parse,
}

ALERTS_KEY: Mapping[str, str] = {"alertmanager": "alerts", "prometheus": ""}
"""The key of the list of alerts in bodies of each type; "" if the body is that list."""
