"""Silences are made and ended."""
