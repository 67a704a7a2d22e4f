"""A row is written the same in a statement of its own and among others."""

from dataclasses import replace

import pytest

from gateway.core.incidents.incident import Incident, Member, NotifiedState, State
from gateway.store import Store, Tx
from gateway.store.state import alerts, incidents, members, schedule
from tests.store.builders import alert, incident

ENDS = {"A": 200.0, "B": 90.0, "C": 200.0, "D": 90.0}
NAMES = list(ENDS)


async def filled(store: Store) -> list[Incident]:
    """Create four incidents, each with an alert, and some alerts that have ended."""
    reported = [alert(name, ends_at=ends) for name, ends in ENDS.items()]

    def work(tx: Tx) -> list[Incident]:
        alerts.save(tx, reported, [False] * 4)
        made = incidents.create(tx, [incident(name) for name in NAMES], urgencies=[9] * 4)
        pairs = [(one.number, a.identity) for one, a in zip(made, reported, strict=True)]
        members.add(tx, pairs, 100.0)
        return made

    return await store.write(work)


def write(tx: Tx, made: list[Incident]) -> None:
    """Apply each kind of change to these incidents at once."""
    rank = {1001: None, 1002: 2, 1003: 1, 1004: None}
    schedule.raise_urgency(tx, [(one.number, 3) for one in made])
    incidents.save(
        tx,
        [
            replace(one, rank=rank[one.number], due_at=100.0 + one.number, state=State.ACKNOWLEDGED)
            for one in made
        ],
    )
    schedule.move_due_earlier(tx, [(one.number, 1102.5) for one in made])
    incidents.set_titles(tx, [(one.number, f"the {one.number}th") for one in made])
    named = {one.number: alert(name).identity for name, one in zip(NAMES, FOUR, strict=True)}
    members.mark_notified(
        tx, [(n.number, named[n.number], NotifiedState.FIRING, 7.0, None) for n in made]
    )
    alerts.extend_ends(tx, [(named[one.number], 300.0 + one.number, 150.0) for one in made])


FOUR = [replace(incident(name), number=number) for number, name in enumerate(NAMES, 1001)]


async def read_all(store: Store) -> tuple[list[Incident], list[Member], list[str]]:
    def work(tx: Tx) -> tuple[list[Incident], list[Member], list[str]]:
        stored = incidents.by_number(tx, [1001, 1002, 1003, 1004])
        due = [str(one.number) for one in schedule.due(tx, 1e9, 1)]
        by_number = members.by_incident(tx, list(stored))
        return (
            [stored[number] for number in sorted(stored)],
            [m for result in by_number.values() for m in result],
            due,
        )

    return await store.read(work)


@pytest.mark.parametrize("at_once", [1, 2, 3])
async def test_single_row_is_written_like_many(store: Store, at_once: int) -> None:
    """SQLite has a shorter statement for a single row, which does the same as the long one."""
    made = await filled(store)
    assert [one.number for one in made] == [one.number for one in FOUR]
    for first in range(0, 4, at_once):
        await store.write(lambda tx, first=first: write(tx, made[first : first + at_once]))
    stored, members, due = await read_all(store)
    assert [one.due_at for one in stored] == [1101.0, 1102.0, 1102.5, 1102.5]
    assert [one.rank for one in stored] == [None, 2, 1, None]
    assert {one.state for one in stored} == {State.ACKNOWLEDGED}
    assert due == ["1003"]
    assert [m.notified for m in members] == [NotifiedState.FIRING] * 4
    assert [m.notified_starts_at for m in members] == [7.0] * 4
    # What had ended stays so.
    assert sorted(m.alert.ends_at or 0.0 for m in members) == [90.0, 90.0, 1301.0, 1303.0]
