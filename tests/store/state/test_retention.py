"""Past its retention an incident is deleted with all its rows, and nothing else is."""

from dataclasses import replace

from sqlalchemy import func, select

from gateway.core.actor import stated_actor
from gateway.core.incidents.incident import State
from gateway.core.incidents.timeline import TimelineEntry, TimelineKind
from gateway.store import Store, Tx, outbox
from gateway.store.queries import lists
from gateway.store.schema.tables import metadata
from gateway.store.state import alerts, incidents, members, retention, timeline, vendor_incidents
from tests.store.builders import added, alert, claimed, failed, opened, row, sent


def sizes(tx: Tx) -> dict[str, int]:
    tables = [table for table in metadata.sorted_tables if table.name != "meta"]
    return {table.name: tx.query(select(func.count()).select_from(table))[0][0] for table in tables}


async def store_all_rows(store: Store, name: str, *, resolved_at: float | None) -> int:
    """Store an incident with rows in each of the tables that refer to it."""
    (number,) = await opened(store, name)
    ended = alert(name, ends_at=resolved_at)
    await store.write(lambda tx: alerts.save(tx, [ended], [False]))
    await store.write(lambda tx: members.add(tx, [(number, ended.identity)], 1.0))
    await store.write(
        lambda tx: timeline.add(tx, [(number, TimelineEntry(1.0, TimelineKind.NOTIFIED, "x", {}))])
    )
    await store.write(
        lambda tx: timeline.add_ack(tx, number, "taken", stated_actor("ana", "cli"), 1.0)
    )
    await store.write(lambda tx: vendor_incidents.remember(tx, "pagerduty", name, [number]))
    await added(store, row(number))
    (notice,) = await claimed(store)
    await store.write(lambda tx: outbox.record_attempts(tx, [sent(notice, receipt={"ts": "1"})]))
    if resolved_at is not None:
        made = await store.read(lambda tx: incidents.get(tx, number))
        assert made is not None
        over = replace(made, state=State.RESOLVED, resolved_at=resolved_at)
        await store.write(lambda tx: incidents.save(tx, [over]))
    return number


async def test_old_incident_is_deleted_with_all_its_rows(store: Store) -> None:
    """Retention frees the space of an incident, and leaves open and recent ones."""
    await store_all_rows(store, "Open", resolved_at=None)
    await store_all_rows(store, "Recent", resolved_at=900.0)
    before = await store.read(sizes)
    old = await store_all_rows(store, "Old", resolved_at=500.0)
    assert await store.write(lambda tx: retention.prune(tx, 800.0, 100)) == 2
    left = await store.read(sizes)
    left["facts"] -= 1  # `added` stores two, and no notice refers to the second
    assert left == before
    assert await store.read(lambda tx: incidents.get(tx, old)) is None
    assert await store.write(lambda tx: retention.prune(tx, 800.0, 100)) == 0


async def test_alerts_stay_while_an_incident_has_them(store: Store) -> None:
    """The history of an incident can be read until the incident is deleted."""
    number = await store_all_rows(store, "Recent", resolved_at=900.0)
    loose = alert("Loose", ends_at=100.0)
    firing = alert("Firing")
    await store.write(lambda tx: alerts.save(tx, [loose, firing], [False, False]))
    assert await store.write(lambda tx: retention.prune(tx, 900.0, 100)) == 1
    left = await store.read(lambda tx: lists.find_alerts(tx, {}))
    assert {one.labels["alertname"] for one in left} == {"Recent", "Firing"}
    assert len((await store.read(lambda tx: members.by_incident(tx, [number])))[number]) == 1


async def test_old_digest_is_deleted(store: Store) -> None:
    """Notices without an incident are deleted when they are old and finished, also dead ones."""
    await added(store, row(None), now=10.0)
    await added(store, row(None), now=20.0)
    await added(store, row(None), now=30.0)
    first, second, _ = await claimed(store)
    done = [sent(first), failed(second, again=None)]
    await store.write(lambda tx: outbox.record_attempts(tx, done))
    await store.write(lambda tx: retention.prune(tx, 800.0, 100))
    left = await store.read(sizes)
    assert (left["notices"], left["attempts"]) == (1, 0)


async def test_no_more_is_deleted_at_once_than_the_limit(store: Store) -> None:
    """Pruning takes small steps, so that other writes do not wait for long."""
    for name in "ABC":
        await store_all_rows(store, name, resolved_at=500.0)
    steps = [await store.write(lambda tx: retention.prune(tx, 800.0, 2)) for _ in range(3)]
    assert sum(steps) == 6
    assert steps[0] == 4
    assert (await store.read(sizes))["incidents"] == 0


async def test_numbers_are_not_used_twice(store: Store) -> None:
    """After pruning, a number that people know never means another incident."""
    await store_all_rows(store, "A", resolved_at=500.0)
    await store.write(lambda tx: retention.prune(tx, 800.0, 100))
    number = await store_all_rows(store, "B", resolved_at=500.0)
    assert number == 1002


async def test_time_before_which_incidents_are_missing_never_moves_back(store: Store) -> None:
    """A longer retention brings nothing back that a shorter one has deleted."""
    assert await store.read(retention.deleted_before) is None
    await store_all_rows(store, "First", resolved_at=500.0)
    await store_all_rows(store, "Second", resolved_at=600.0)
    await store.write(lambda tx: retention.prune(tx, 400.0, 100))
    assert await store.read(retention.deleted_before) is None
    await store.write(lambda tx: retention.prune(tx, 900.5, 1))
    assert await store.read(retention.deleted_before) == 901
    await store.write(lambda tx: retention.prune(tx, 700.0, 100))
    assert await store.read(retention.deleted_before) == 901
