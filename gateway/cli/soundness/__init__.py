"""`gateway soundness`."""
