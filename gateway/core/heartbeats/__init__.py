"""Heartbeats: what follows from the pings of jobs, and from their absence."""
