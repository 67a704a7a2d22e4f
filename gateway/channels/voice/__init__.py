"""Calls to phones."""
