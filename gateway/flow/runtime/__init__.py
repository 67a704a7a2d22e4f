"""Supervised tasks, dependencies and health of the loops."""
