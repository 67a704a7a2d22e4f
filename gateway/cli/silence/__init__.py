"""`gateway silence`."""
