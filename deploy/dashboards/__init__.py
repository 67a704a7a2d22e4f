"""Grafana dashboards as code; `make docs` writes their JSON.

A dashboard is data (`gateway.py`, `alerts.py`, …): rows of panels, each with its four texts.
`board.py` builds the JSON of it with Grafana's own builders.
"""
