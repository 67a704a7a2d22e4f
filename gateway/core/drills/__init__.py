"""Drills: whether a test alert arrived."""
