"""Alerts come in over HTTP."""
