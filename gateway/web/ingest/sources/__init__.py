"""Incoming sources: one file each, and this list. A type under `sources:` picks one of them."""

from collections.abc import Mapping

from gateway.web.ingest.sources import alertmanager, prometheus
from gateway.web.ingest.sources.parsed import Parse

SOURCES: Mapping[str, Parse] = {
    "alertmanager": alertmanager.parse,
    "prometheus": prometheus.parse,
}

ALERTS_KEY: Mapping[str, str] = {"alertmanager": "alerts", "prometheus": ""}
"""The key of the list of alerts in the bodies of each type; "" where the body is that list."""
