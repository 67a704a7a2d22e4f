"""How messages leave: one file per channel."""
