"""The incidents that go on, counted for the metrics."""

import pytest
from psycopg import Connection

from gateway.core.incidents.incident import State
from gateway.store import Store
from gateway.store.db.statement import POSTGRESQL, Statement
from gateway.store.queries import lists, urgent
from gateway.store.state import incidents
from tests.store.builders import incident


async def test_what_goes_on_is_counted_with_its_age_since_it_was_told(store: Store) -> None:
    """An incident that nobody was told of (muted, inhibited) does not count as unanswered."""
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
    found = {row[:2]: row[2:] for row in await store.read(lists.open_counts)}
    assert found["critical", "firing"] == (2, 50.0)
    assert found["critical", "acknowledged"][0] == 1
    assert found["warning", "firing"] == (1, None)
    assert ("info", "resolved") not in found


def test_postgresql_counts_without_reading_rows(migrated_postgres_url: str) -> None:
    """E37: where it is told to avoid sorts and whole tables, its index has all that is asked."""
    text, values = lists._OPEN_COUNTS.for_database(POSTGRESQL, {})
    with Connection.connect(migrated_postgres_url) as connection:
        connection.execute("SET enable_seqscan = off")
        connection.execute("SET enable_bitmapscan = off")
        plan = connection.execute(f"EXPLAIN {text}".encode(), values).fetchall()
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
        plan = connection.execute(f"EXPLAIN {text}".encode(), values).fetchall()
    steps = [step for (step,) in plan]
    assert not any("Sort" in step for step in steps), plan
    assert any("_by_urgency" in step for step in steps), plan
