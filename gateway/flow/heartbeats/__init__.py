"""Heartbeats: pings are stored, and checked against the schedules of routes.yaml."""
