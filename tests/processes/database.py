"""Queries of a gateway's SQLite file from outside."""

import sqlite3
from contextlib import closing
from typing import Any

from tests.processes.gateway import Gateway


def rows(gateway: Gateway, query: str) -> list[Any]:
    """Return the rows of a query on that gateway's database."""
    with closing(sqlite3.connect(gateway.home / "gateway.db", timeout=10.0)) as database:
        return database.execute(query).fetchall()


def settled(gateway: Gateway) -> bool:
    """Return whether all notices are finished, and there were some."""
    states = {state for (state,) in rows(gateway, "SELECT DISTINCT state FROM notices")}
    return bool(states) and not states & {"pending", "sending"}


def perhaps(gateway: Gateway) -> dict[str, int]:
    """Return by channel how many attempts may have arrived without a record."""
    query = "SELECT channel, sum(perhaps) FROM notices GROUP BY channel HAVING sum(perhaps) > 0"
    return dict(rows(gateway, query))
