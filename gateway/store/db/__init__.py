"""Connections, transactions and the writer's thread on SQLite and PostgreSQL."""
