"""Other services by Apprise."""
