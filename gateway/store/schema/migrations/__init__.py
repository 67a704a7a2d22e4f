"""How a database gets from any earlier version to the newest: alembic's scripts."""
