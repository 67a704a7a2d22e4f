"""Checks of links: runbooks and dashboards are followed, and dead ones reported."""
