"""Open incidents are counted for the metrics."""

import pytest
from psycopg import Connection

from gateway.core.incidents.incident import State
from gateway.store import Store
from gateway.store.db.statement import POSTGRESQL, Statement
from gateway.store.queries import lists, urgent
from gateway.store.state import incidents
from tests.store.builders import incident


async def test_open_incidents_are_counted_with_the_age_of_notified_ones(store: Store) -> None:
    """An incident without a notification (muted, inhibited) does not count as unanswered."""
    await store.write(
        lambda tx: incidents.create(
            tx,
            [
                incident("A", severity="critical", rank=1, opened_at=50.0),
                incident("B", severity="critical", opened_at=10.0),
                incident("C", severity="critical", rank=1, state=State.ACKNOWLEDGED),
                incident("D", severity="info", state=State.RESOLVED),
                incident("E", severity="warning"),
            ],
        )
    )
    rows = await store.read(lists.open_counts)
    assert {row[0] for row in rows} == {""}
    result = {row[1:3]: row[3:] for row in rows}
    assert result["critical", "firing"] == (2, 50.0)
    assert result["critical", "acknowledged"][0] == 1
    assert result["warning", "firing"] == (1, None)
    assert ("info", "resolved") not in result


def test_postgresql_counts_without_reading_rows(migrated_postgres_url: str) -> None:
    """E37: when sorts and table scans are disabled, the index has all that the query needs."""
    text, values = lists._OPEN_COUNTS.for_database(POSTGRESQL, {})
    with Connection.connect(migrated_postgres_url) as connection:
        connection.execute("SET enable_seqscan = off")
        connection.execute("SET enable_bitmapscan = off")
        for other in ("incidents_state", "incidents_one_open"):  # on few rows they cost the same
            connection.execute(f"DROP INDEX {other}".encode())
        plan = connection.execute(f"EXPLAIN {text}".encode(), values).fetchall()
        connection.rollback()
    assert any("Index Only Scan using incidents_standing" in step for (step,) in plan), plan


@pytest.mark.parametrize("state", ["firing", "suppressed", "acknowledged"])
def test_postgresql_lists_incidents_in_the_order_of_an_index(
    migrated_postgres_url: str, state: str
) -> None:
    """E37: each list state is read in its order, without a sort, also on PostgreSQL."""
    text, values = Statement(urgent._query(urgent.IncidentFilter(state), state, None)).for_database(
        POSTGRESQL, {}
    )
    with Connection.connect(migrated_postgres_url) as connection:
        connection.execute("SET enable_seqscan = off")
        connection.execute("SET enable_bitmapscan = off")
        connection.execute("SET enable_sort = off")  # of few rows a sort costs next to nothing
        plan = connection.execute(f"EXPLAIN {text}".encode(), values).fetchall()
    steps = [step for (step,) in plan]
    assert not any("Sort" in step for step in steps), plan
    assert any("_by_urgency" in step for step in steps), plan
