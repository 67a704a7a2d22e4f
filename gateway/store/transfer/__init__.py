"""Whole databases: backup into a file, restore from one, and the move to PostgreSQL."""
