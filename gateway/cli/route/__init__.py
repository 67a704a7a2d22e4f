"""`gateway route`."""
