"""On-call duty while the gateway runs."""
