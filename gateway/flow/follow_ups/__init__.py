"""Follow-up items of incidents."""
