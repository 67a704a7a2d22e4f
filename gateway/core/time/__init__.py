"""Timestamps, time zones, business hours and time intervals."""
