"""Commands that act on one incident, one file for each kind of action."""
