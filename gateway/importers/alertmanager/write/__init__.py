"""routes.yaml, written from what was read."""
