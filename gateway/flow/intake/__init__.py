"""Alerts come in and are assigned to incidents."""
