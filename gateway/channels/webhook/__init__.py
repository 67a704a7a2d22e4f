"""Webhooks in Alertmanager's form."""
