"""From other programs' configuration to routes.yaml."""
