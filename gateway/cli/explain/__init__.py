"""`gateway explain`."""
