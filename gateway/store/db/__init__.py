"""Connections, transactions and their threads, on SQLite and PostgreSQL."""
