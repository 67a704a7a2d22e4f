"""The cost of queries grows with their result, not with the tables."""

import sqlite3
from importlib import import_module
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy.sql.expression import ClauseElement

from gateway.store.db.session import Row
from gateway.store.db.statement import SQLITE, Statement
from gateway.store.db.transaction import Tx
from gateway.store.outbox import (
    attempts,
    claims,
    dead,
    digests,
    recipients,
    revise,
    waiting,
)
from gateway.store.queries import (
    active_alerts,
    deliveries,
    lists,
    recent_alerts,
    recording,
    report_statements,
    silence_pages,
    verification_statements,
)
from gateway.store.state import (
    accepted_posts,
    alerts,
    duty,
    episodes,
    incidents,
    members,
    retention,
    silences,
    timeline,
    verifications,
)

# The package exports a function of the module's name, which an import would bind instead.
cancel = import_module("gateway.store.outbox.cancel")

MODULES = (
    accepted_posts,
    alerts,
    active_alerts,
    claims,
    attempts,
    cancel,
    dead,
    digests,
    duty,
    episodes,
    incidents,
    retention,
    members,
    recent_alerts,
    recipients,
    revise,
    waiting,
    deliveries,
    recording,
    report_statements,
    silence_pages,
    silences,
    timeline,
    verification_statements,
    verifications,
)

WHOLE_INDEX_IS_THE_ANSWER = {
    "alerts._INHIBIT_SOURCES",  # holds inhibiting alerts only
    "duty._ROTAS",  # one record for each shift; once in a reload
    "duty._OLD",  # the same, every few minutes
    "claims._EXPIRE_ALL",  # holds unfinished notices only; once in a process
    "claims._RELEASE_ALL",  # the same
    "waiting._DEPTH[0]",
    "waiting._DEPTH[1]",
    "revise._RETRY_NOW",  # holds unfinished notices only; once in a reload
    "verification_statements.LATELY_TRIED",  # the latest attempts, as many as are asked for
    "verifications._LAST",  # the latest, of sixty
    "verifications._LATEST",  # the same
    "timeline._REJECTED_REQUESTS",  # as many as are asked for, of a thousand
}


def statements() -> dict[str, Statement]:
    result = {}
    for module in MODULES:
        short = module.__name__.rpartition(".")[2]
        for name, value in vars(module).items():
            many = value if isinstance(value, tuple | list) else [value]
            for index, one in enumerate(many):
                if isinstance(one, Statement):
                    suffix = f"[{index}]" if many is value else ""
                    result[f"{short}.{name}{suffix}"] = one
    return result


def steps(path: Path, statement: Statement) -> list[str]:
    """Return the steps of SQLite's query plan."""

    class Anything(dict[str, str]):
        def __contains__(self, key: object) -> bool:
            return True

        def __missing__(self, key: str) -> str:
            return "[]"

    text, values = statement.for_database(SQLITE, Anything())
    connection = sqlite3.connect(path)
    try:
        rows = connection.execute(f"EXPLAIN QUERY PLAN {text}", values).fetchall()
    finally:
        connection.close()
    return [str(row[3]) for row in rows]


@pytest.mark.parametrize("name", sorted(statements()))
def test_no_query_reads_a_whole_table(sqlite_path: Path, name: str) -> None:
    """E37: with a hundred thousand rows each statement still uses an index."""
    scans = [
        step
        for step in steps(sqlite_path, statements()[name])
        if step.startswith("SCAN") and not step.startswith("SCAN json_each")
    ]
    if name in WHOLE_INDEX_IS_THE_ANSWER:
        small = ("rejects", "duty_records", "verifications", "attempts", "recent")
        assert all("USING" in step or step.endswith(small) for step in scans)
    else:
        assert scans == []


def test_claiming_reads_by_rank(sqlite_path: Path) -> None:
    """Promise 9: the head of the queue is found without sorting all waiting notices."""
    plan = steps(sqlite_path, claims._HEADS)
    assert plan[0] == "SEARCH notices USING INDEX notices_by_rank (channel=?)"
    assert "USE TEMP B-TREE FOR ORDER BY" not in plan


@pytest.mark.parametrize("state", ["open", "firing", "resolved"])
def test_lists_of_incidents_read_by_state(sqlite_path: Path, state: str) -> None:
    """E37: open incidents are found among a hundred thousand resolved ones, newest first."""
    queries: list[Statement] = []

    class Recorder:
        def query(self, query: ClauseElement) -> list[Row]:
            queries.append(Statement(query))
            return []

    lists.incidents_page(cast(Tx, Recorder()), state=state, before=7)
    assert queries
    for statement in queries:
        plan = steps(sqlite_path, statement)
        assert plan == ["SEARCH incidents USING INDEX incidents_state (state=? AND number<?)"]


def test_counting_open_incidents_reads_no_row(sqlite_path: Path) -> None:
    """E37: /metrics is read every few seconds, also with a hundred thousand open incidents."""
    plan = steps(sqlite_path, lists._OPEN_COUNTS)
    assert plan == ["SCAN incidents USING COVERING INDEX incidents_standing"]


def test_recent_alerts_are_read_in_the_order_of_the_index(sqlite_path: Path) -> None:
    """A page of a million alerts costs what the page has: nothing is sorted."""
    for statement in (recent_alerts._WITHOUT_END, recent_alerts._ENDED):
        plan = steps(sqlite_path, statement)
        assert any("USING INDEX alerts_" in step for step in plan)
        assert "USE TEMP B-TREE FOR ORDER BY" not in plan


def test_cancelling_pages_reads_one_incident_only(sqlite_path: Path) -> None:
    """An acknowledgement does not read all notices that its person has ever received."""
    (step,) = steps(sqlite_path, cancel._CANCEL_PAGES)
    assert step.startswith("SEARCH notices USING INDEX notices_lane (incident=?)")
