"""Decisions about one incident: whom to notify and when, and why not."""
