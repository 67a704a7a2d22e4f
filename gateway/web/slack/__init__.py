"""Requests of Slack: buttons, commands and replies, by HTTP or Socket Mode."""
