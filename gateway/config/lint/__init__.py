"""Warnings for valid configuration that is probably a mistake."""
