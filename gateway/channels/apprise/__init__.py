"""Other services, by the library Apprise."""
