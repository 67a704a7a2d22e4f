"""Migrations of a database from any earlier version to the newest, as alembic's scripts."""
