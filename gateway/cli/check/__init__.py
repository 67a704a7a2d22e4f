"""`gateway check`."""
