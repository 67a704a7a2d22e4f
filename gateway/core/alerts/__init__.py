"""Alerts: labels, identity, and how reports of one alert are merged."""
