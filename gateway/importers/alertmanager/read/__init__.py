"""alertmanager.yml, read as Alertmanager reads it."""
