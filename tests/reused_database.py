"""One PostgreSQL database with the newest tables, restored after each test that used it.

Restoring costs a tenth of a copy of a template: a copy writes some 300 files of system tables.
"""

import psycopg
from psycopg import sql

from gateway.store import migrate

_TABLES = """
SELECT c.relname, string_agg(a.attname || ' ' || a.atttypid::regtype, ',' ORDER BY a.attnum)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'i')
GROUP BY c.oid, c.relname ORDER BY c.relname
"""
_TABLE_NAMES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


class ReusedDatabase:
    """A migrated database and the rows that the migrations wrote."""

    def __init__(self, url: str) -> None:
        self.url = url
        migrate(url)
        with psycopg.connect(url) as connection:
            self._name = sql.Identifier(connection.info.dbname)
            self._schema = connection.execute(_TABLES).fetchall()
            names = [sql.Identifier(name) for (name,) in connection.execute(_TABLE_NAMES)]
            self._tables = sql.SQL(", ").join(names)
            self._rows = [
                (name, connection.execute(sql.SQL("SELECT * FROM {}").format(name)).fetchall())
                for name in names
            ]

    def restore(self) -> None:
        """Close other connections, and bring back the first rows, numbers and settings.

        Raises AssertionError if the tables themselves were changed.
        """
        with psycopg.connect(self.url) as connection:
            connection.execute(_OTHERS)
            schema = connection.execute(_TABLES).fetchall()
            assert schema == self._schema, "a test that changes tables needs `postgres_url`"
            emptied = sql.SQL("TRUNCATE {} RESTART IDENTITY").format(self._tables)
            connection.execute(emptied)
            for name, rows in self._rows:
                if rows:
                    values = sql.SQL(", ").join([sql.Placeholder()] * len(rows[0]))
                    insert = sql.SQL("INSERT INTO {} VALUES ({})").format(name, values)
                    connection.cursor().executemany(insert, rows)
            connection.execute(sql.SQL("ALTER DATABASE {} RESET ALL").format(self._name))
