"""The keys of routes.yaml, and the values that each may have."""
