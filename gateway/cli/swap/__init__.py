"""`gateway swap`."""
