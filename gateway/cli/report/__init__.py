"""`gateway report`: how a time span went, in figures."""
