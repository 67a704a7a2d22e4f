"""Silences are kept as they were made, and every replica sees that they changed."""

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


async def test_comes_back_as_it_was_made(store: Store) -> None:
    """Every field survives; an unknown id is None."""
    for one in (FULL, BARE):
        await store.write(lambda tx, one=one: silences.save(tx, one))
    assert await store.read(lambda tx: silences.get(tx, FULL.id)) == FULL
    assert await store.read(lambda tx: silences.get(tx, "b")) == BARE
    assert await store.read(lambda tx: silences.get(tx, "nobody")) is None


async def test_those_that_end_later(store: Store) -> None:
    """What has ended by an instant is not asked for each alert; the next to end comes first."""
    later = replace(FULL, id="later", ends_at=300.0)
    for one in (later, FULL, BARE):
        await store.write(lambda tx, one=one: silences.save(tx, one))
    assert await store.read(lambda tx: silences.ending_after(tx, 50.0)) == [FULL, later]


async def test_a_change_is_a_new_version(store: Store) -> None:
    """Replicas read silences anew when the version moved, and only then."""
    before = await store.read(silences.version)
    await store.write(lambda tx: silences.save(tx, FULL))
    after = await store.read(silences.version)
    await store.write(lambda tx: silences.mark_seen(tx, [(FULL.id, 130.0)]))
    assert before < after == await store.read(silences.version)
    kept = await store.read(lambda tx: silences.get(tx, FULL.id))
    assert kept == replace(FULL, seen_at=130.0)


async def test_forgotten_long_after_the_end(store: Store) -> None:
    """The janitor forgets silences that ended before an instant, and no others."""
    for one in (FULL, BARE):
        await store.write(lambda tx, one=one: silences.save(tx, one))
    assert await store.write(lambda tx: retention.prune(tx, 60.0, 100)) == 1
    assert await store.read(lambda tx: silences.ending_after(tx, 0.0)) == [FULL]


async def test_counted_by_state(store: Store) -> None:
    """The active and the pending; none of either is 0, and what ended does not count."""
    assert await store.read(lambda tx: silences.open_counts(tx, 0.0)) == {"active": 0, "pending": 0}
    later = replace(FULL, id="later", starts_at=150.0)
    for one in (later, FULL, BARE):
        await store.write(lambda tx, one=one: silences.save(tx, one))
    found = await store.read(lambda tx: silences.open_counts(tx, 120.0))
    assert found == {"active": 1, "pending": 1}


async def test_they_come_one_by_one(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of ten thousand only the one is held that is being written."""
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


async def test_only_what_turns_is_read(store: Store) -> None:
    """What began or ended since, or will begin; not the many that hold; and the next end."""
    times = {"over": (1, 9), "ended": (1, 15), "began": (12, 90), "brief": (12, 15)}
    times |= {"to begin": (30, 40), "holds": (1, 50), "ends now": (1, 20), "begins now": (20, 60)}
    for name, (start, end) in times.items():
        one = replace(FULL, id=name, starts_at=float(start), ends_at=float(end), gone_for=None)
        await store.write(lambda tx, one=one: silences.save(tx, one))
    found = await store.read(lambda tx: silences.changing(tx, 10.0, 20.0))
    assert [one.id for one in found] == [
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
