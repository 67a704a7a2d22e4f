"""`gateway oncall`: who is on call, and the proof of the weeks to come."""
