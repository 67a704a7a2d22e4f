"""Verification that both files send the same alerts to the same receivers."""
