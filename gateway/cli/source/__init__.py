"""`gateway source`."""
