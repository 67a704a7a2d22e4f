"""Alembic's migrations from any earlier version to the newest."""
