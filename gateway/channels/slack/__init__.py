"""Slack messages."""
