"""Stored calendars: one replica takes each, and versions say what must be read."""

from dataclasses import replace

from gateway.store import Store
from gateway.store.state import calendars
from gateway.store.state.calendars import StoredCalendar

READ = StoredCalendar(
    key="a",
    content="eJw=",
    etag='"1"',
    last_modified="Wed, 18 Nov 2026 10:00:00 GMT",
    events='{"events":[],"problems":[]}',
    known_from=10.0,
    known_until=20.0,
    version=3,
    read_at=100.0,
    error="its server answered 500",
    failing_since=110.0,
    lost_since=120.0,
    confirmed=True,
    next_at=400.0,
)


async def test_calendar_is_read_as_it_was_saved(store: Store) -> None:
    """Every field comes back, null ones too."""
    empty = StoredCalendar("b", next_at=5.0)
    for one in (READ, empty):
        await store.write(lambda tx, one=one: calendars.save(tx, one))
    stored = await store.read(lambda tx: calendars.read(tx, ["a", "b", "c"]))
    assert stored == {"a": READ, "b": empty}
    assert await store.read(lambda tx: calendars.next_readings(tx, ["a", "b"])) == {
        "a": 400.0,
        "b": 5.0,
    }


async def test_only_due_calendars_are_claimed_and_only_once(store: Store) -> None:
    """A new one is due at once; one that is claimed is not due until its lease ends."""
    await store.write(lambda tx: calendars.save(tx, READ))
    first = await store.write(lambda tx: calendars.claim(tx, ["a", "b"], 300.0, 420.0))
    assert [one.key for one in first] == ["b"]
    assert await store.write(lambda tx: calendars.claim(tx, ["a", "b"], 350.0, 470.0)) == []
    later = await store.write(lambda tx: calendars.claim(tx, ["a", "b"], 420.0, 540.0))
    assert sorted(one.key for one in later) == ["a", "b"]
    assert replace(later[0], next_at=400.0) in (READ, replace(READ, key="b"))


async def test_versions_are_those_of_calendars_that_were_read(store: Store) -> None:
    """One that was only tried holds nothing."""
    await store.write(lambda tx: calendars.save(tx, READ))
    await store.write(lambda tx: calendars.save(tx, StoredCalendar("b", error="no")))
    assert await store.read(calendars.versions) == {"a": 3}


async def test_loss_is_confirmed_only_where_there_is_one(store: Store) -> None:
    """It is due at once then."""
    await store.write(lambda tx: calendars.save(tx, replace(READ, confirmed=False)))
    assert await store.write(lambda tx: calendars.confirm(tx, "a"))
    stored = await store.read(lambda tx: calendars.read(tx, ["a"]))
    assert stored["a"] == replace(READ, confirmed=True, next_at=0.0)
    await store.write(lambda tx: calendars.save(tx, replace(READ, lost_since=None)))
    assert not await store.write(lambda tx: calendars.confirm(tx, "a"))


async def test_calendars_that_nobody_reads_are_deleted(store: Store) -> None:
    """Their copies are private, and routes.yaml no longer names them."""
    await store.write(lambda tx: calendars.save(tx, READ))
    await store.write(lambda tx: calendars.prune(tx, 400.0))
    assert await store.read(calendars.versions) == {"a": 3}
    await store.write(lambda tx: calendars.prune(tx, 401.0))
    assert await store.read(calendars.versions) == {}
