"""Changes of the watched systems, such as deployments."""
