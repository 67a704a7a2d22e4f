"""The only SQL: one implementation for SQLite and PostgreSQL."""
