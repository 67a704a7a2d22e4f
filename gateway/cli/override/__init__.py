"""`gateway override`."""
