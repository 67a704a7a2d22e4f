"""From the text of routes.yaml to a checked plan."""
