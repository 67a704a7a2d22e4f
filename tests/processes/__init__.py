"""The promises, tested with real processes: started, killed, stopped and starved."""
