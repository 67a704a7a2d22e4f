"""`gateway drill`: test alerts by the clock."""
