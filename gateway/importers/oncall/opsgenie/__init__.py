"""Opsgenie: answers of its REST API v2."""
