"""Silences are stored as they were created, and every replica sees changes."""

from dataclasses import replace

import pytest

from gateway.core.incidents.silence import Silence
from gateway.core.matching.matcher import Matcher
from gateway.store import Store, Tx
from gateway.store.db.session import Row
from gateway.store.state import retention, silences

FULL = Silence(
    "383c6553-5515-4f6d-ba76-73edb4a0f6be",
    (Matcher("alertname", "=", "PaymentFailures"), Matcher("pool", "!~", "main|replica")),
    100.5,
    200.25,
    99.0,
    "ana <ana@example.com>",
    "'; DROP TABLE silences; --\n\N{SNOWMAN}",
    {"ticket": "OPS-123"},
    1800.0,
    120.0,
)
BARE = Silence("b", (Matcher("team", "=", "billing"),), 0.0, 50.0, 0.0, "", "")


async def test_silence_is_read_as_it_was_saved(store: Store) -> None:
    """Every field is stored; an unknown id gives None."""
    for one in (FULL, BARE):
        await store.write(lambda tx, one=one: silences.save(tx, one))
    assert await store.read(lambda tx: silences.get(tx, FULL.id)) == FULL
    assert await store.read(lambda tx: silences.get(tx, "b")) == BARE
    assert await store.read(lambda tx: silences.get(tx, "nobody")) is None


async def test_silences_that_end_later_are_read(store: Store) -> None:
    """Ended silences are not read for each alert; the next to end comes first."""
    later = replace(FULL, id="later", ends_at=300.0)
    for one in (later, FULL, BARE):
        await store.write(lambda tx, one=one: silences.save(tx, one))
    assert await store.read(lambda tx: silences.ending_after(tx, 50.0)) == [FULL, later]


async def test_change_raises_the_version(store: Store) -> None:
    """Replicas read silences again only when the version changed."""
    before = await store.read(silences.version)
    await store.write(lambda tx: silences.save(tx, FULL))
    after = await store.read(silences.version)
    await store.write(lambda tx: silences.mark_seen(tx, [(FULL.id, 130.0)]))
    assert before < after == await store.read(silences.version)
    stored = await store.read(lambda tx: silences.get(tx, FULL.id))
    assert stored == replace(FULL, seen_at=130.0)


async def test_silence_is_deleted_long_after_its_end(store: Store) -> None:
    """Retention deletes silences that ended before an instant, and no others."""
    for one in (FULL, BARE):
        await store.write(lambda tx, one=one: silences.save(tx, one))
    assert await store.write(lambda tx: retention.prune(tx, 60.0, 100)) == 1
    assert await store.read(lambda tx: silences.ending_after(tx, 0.0)) == [FULL]


async def test_counted_by_state(store: Store) -> None:
    """Active and pending silences are counted, also if it is 0; ended ones are not."""
    assert await store.read(lambda tx: silences.open_counts(tx, 0.0)) == {"active": 0, "pending": 0}
    later = replace(FULL, id="later", starts_at=150.0)
    for one in (later, FULL, BARE):
        await store.write(lambda tx, one=one: silences.save(tx, one))
    result = await store.read(lambda tx: silences.open_counts(tx, 120.0))
    assert result == {"active": 1, "pending": 1}


async def test_silences_are_made_one_by_one(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of ten thousand silences only the one that is being written is in memory."""
    for number in range(3):
        one = replace(FULL, id=str(number), ends_at=300.0 + number)
        await store.write(lambda tx, one=one: silences.save(tx, one))
    made: list[Row] = []
    from_row = silences.from_row

    def counted(row: Row) -> Silence:
        made.append(row)
        return from_row(row)

    monkeypatch.setattr(silences, "from_row", counted)

    def first(tx: Tx) -> tuple[str, int]:
        return next(silences.iterate_ending_after(tx, 0.0)).id, len(made)

    assert await store.read(first) == ("0", 1)


async def test_only_changing_silences_are_read(store: Store) -> None:
    """Silences that began or ended since, and pending ones, are read; others are not."""
    times = {"over": (1, 9), "ended": (1, 15), "began": (12, 90), "brief": (12, 15)}
    times |= {"to begin": (30, 40), "holds": (1, 50), "ends now": (1, 20), "begins now": (20, 60)}
    for name, (start, end) in times.items():
        one = replace(FULL, id=name, starts_at=float(start), ends_at=float(end), gone_for=None)
        await store.write(lambda tx, one=one: silences.save(tx, one))
    result = await store.read(lambda tx: silences.changing(tx, 10.0, 20.0))
    assert [one.id for one in result] == [
        *("brief", "ended", "ends now", "to begin", "begins now", "began")
    ]
    assert await store.read(lambda tx: silences.next_end(tx, 20.0)) == 40.0
    assert await store.read(lambda tx: silences.next_end(tx, 90.0)) is None
    assert await store.read(lambda tx: silences.ending_when_resolved(tx, 20.0)) == []
    for name, start in (("gone", 1.0), ("gone later", 30.0)):
        one = replace(FULL, id=name, starts_at=start, ends_at=50.0)
        await store.write(lambda tx, one=one: silences.save(tx, one))
    assert [
        one.id for one in await store.read(lambda tx: silences.ending_when_resolved(tx, 20.0))
    ] == ["gone"]
