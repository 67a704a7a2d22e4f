"""Documents about routes.yaml: reference, JSON Schema, alertmanager.yml."""
