"""Stored duty records, by rota and time span."""

from dataclasses import replace

from gateway.core.oncall.history import DutyRecord
from gateway.store import Store
from gateway.store.state import duty

ANA = DutyRecord("billing", ("ana",), 100.0, 200.0, origin="layer 1")
BEN = DutyRecord(
    "billing",
    ("ben", "dee"),
    200.0,
    300.0,
    also=("cho",),
    origin="override 2",
    reconstructed=True,
)
NOBODY = DutyRecord("billing", (), 300.0, planned_end=400.0)
OTHER = DutyRecord("platform", ("dee",), 50.0)


async def test_records_are_read_as_they_were_saved(store: Store) -> None:
    """Every field comes back: people in order, the planned end, and that it was reconstructed."""
    await store.write(lambda tx: duty.save(tx, [ANA, BEN, NOBODY, OTHER]))
    history = await store.read(lambda tx: duty.history(tx, "billing", 0.0, 1000.0))
    assert history.records == (ANA, BEN, NOBODY)
    assert history.since == 100.0
    assert await store.read(duty.rotas) == ["billing", "platform"]


async def test_span_reads_only_the_records_that_touch_it(store: Store) -> None:
    """A record that ends where the span begins is out, one that lasts into it is in."""
    await store.write(lambda tx: duty.save(tx, [ANA, BEN, NOBODY, OTHER]))

    async def starts(start: float, end: float) -> list[float]:
        history = await store.read(lambda tx: duty.history(tx, "billing", start, end))
        assert history.since == 100.0
        return [record.started_at for record in history.records]

    assert await starts(200.0, 300.0) == [200.0]
    assert await starts(250.0, 301.0) == [200.0, 300.0]
    assert await starts(0.0, 100.0) == []
    assert await starts(999.0, 1000.0) == [300.0]


async def test_old_records_are_deleted_in_steps_and_the_present_one_stays(store: Store) -> None:
    """Past the retention a record is deleted; the record of the present shift never is."""
    await store.write(lambda tx: duty.save(tx, [ANA, BEN, NOBODY]))
    steps = [await store.write(lambda tx: duty.prune(tx, 1000.0, 1)) for _ in range(3)]
    assert steps == [1, 1, 0]
    history = await store.read(lambda tx: duty.history(tx, "billing", 0.0, 1000.0))
    assert (history.records, history.since) == ((NOBODY,), 300.0)


async def test_latest_records_are_those_without_an_end(store: Store) -> None:
    """A rota whose last record has ended, because it was removed, has no latest record."""
    await store.write(lambda tx: duty.save(tx, [ANA, BEN, NOBODY, OTHER]))
    names = ["billing", "platform", "unknown"]
    assert await store.read(lambda tx: duty.latest(tx, names)) == {
        "billing": NOBODY,
        "platform": OTHER,
    }
    ended = replace(OTHER, ended_at=60.0)
    await store.write(lambda tx: duty.save(tx, [ended]))
    assert "platform" not in await store.read(lambda tx: duty.latest(tx, names))
