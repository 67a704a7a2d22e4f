"""Ingest of alerts over HTTP."""
