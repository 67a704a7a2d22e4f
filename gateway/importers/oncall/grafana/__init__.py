"""Grafana OnCall: answers of its public API v1."""
