"""Tables, and how a database is created or upgraded."""
