"""Promises held against real processes: started, killed, stopped and starved."""
