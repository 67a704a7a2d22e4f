"""The gateway's own alerts: conditions that it notices about itself."""
