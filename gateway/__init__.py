"""The alert gateway: takes alerts, decides who has to know and when, and makes sure they do."""

__version__ = "0.1.0"

ALERTMANAGER = "0.33.1"
"""The Alertmanager whose API v2 is spoken here. Clients choose by it what they may ask: karma reads
it from /metrics (its internal/verprobe) and ends with a panic where there is none."""
