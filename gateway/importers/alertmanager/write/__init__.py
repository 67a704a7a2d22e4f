"""routes.yaml, written from an alertmanager.yml."""
