"""Writing of the records as a routes.yaml."""
