"""Scheduled reports: when they are due, what they say, and their messages."""
