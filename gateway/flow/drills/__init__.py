"""Drills: test alerts by the clock, and whether they arrived."""
