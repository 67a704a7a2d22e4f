"""Incidents, notices and silences as values; queues, retries and holds."""
