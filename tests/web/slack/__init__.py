"""Requests of Slack."""
