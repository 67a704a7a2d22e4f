"""What is written about routes.yaml: reference, JSON Schema, Alertmanager's form."""
