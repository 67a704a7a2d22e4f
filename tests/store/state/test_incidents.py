"""Incidents are found by group, by number and by due time, with their members."""

import sqlite3
from dataclasses import replace

import psycopg
import pytest

from gateway.core.incidents.incident import (
    Ack,
    EscalationState,
    Incident,
    Member,
    NotifiedState,
    State,
)
from gateway.core.incidents.suppression import Suppression, SuppressReason
from gateway.store import Store
from gateway.store.state import alerts, incidents, members, schedule
from tests.store.builders import ANA, SLACK_CHANNEL, alert, incident, opened


async def get(store: Store, number: int) -> Incident | None:
    return await store.read(lambda tx: incidents.get(tx, number))


async def due(store: Store, now: float, limit: int = 100) -> list[str]:
    result = await store.read(lambda tx: schedule.due(tx, now, limit))
    return [one.group_labels["alertname"] for one in result]


async def test_numbers_start_at_1001_and_follow_the_order(store: Store) -> None:
    """Numbers are short enough to say aloud: they begin with four digits and have no gaps."""
    assert await opened(store, "A", "B", "C") == [1001, 1002, 1003]
    assert await opened(store, "D") == [1004]


async def test_rollback_leaves_no_gap_in_the_numbers(store: Store) -> None:
    """A number that people never saw is used again."""

    def fails(tx: object) -> None:
        incidents.create(tx, [incident("A")])  # type: ignore[arg-type]
        raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        await store.write(fails)
    assert await opened(store, "B") == [1001]


async def test_incident_is_read_as_it_was_saved(store: Store) -> None:
    """Promise 1: everything that a decision needs of an incident is stored."""
    (number,) = await opened(store, "Disk")
    full = replace(
        incident("Disk"),
        number=number,
        route_id="root/1",
        receiver="platform",
        due_at=None,
        state=State.ACKNOWLEDGED,
        tick_at=5.5,
        flushed=True,
        notified_at=6.5,
        rank=2,
        severity="warning",
        ack=Ack("ana", 7.5, "link", 2, 99.0),
        escalation=EscalationState(
            "billing", 1, 2, 8.5, (0,), reached=False, picks={1: ("ana", "ben")}
        ),
        notified_targets={ANA.key: ANA, SLACK_CHANNEL.key: SLACK_CHANNEL},
        notification_pending=True,
        suppressions=(Suppression(SuppressReason.MUTED, "nights"),),
        resolved_at=10.0,
    )
    await store.write(lambda tx: incidents.save(tx, [full]))
    assert await get(store, number) == full


async def test_group_has_one_open_incident(store: Store) -> None:
    """Two open incidents of a group would notify twice: the database refuses the second."""
    await opened(store, "Disk")
    with pytest.raises((sqlite3.IntegrityError, psycopg.errors.UniqueViolation)):
        await opened(store, "Disk")


async def test_group_is_found_while_its_incident_is_open(store: Store) -> None:
    """After the end the group begins a new incident; keys of any length are distinct."""
    long = "x" * 20_000
    await opened(store, "Disk", long, long + "y")
    keys = ["root:Disk", f"root:{long}", f"root:{long}y", "root:none"]
    result = await store.read(lambda tx: incidents.open_by_key(tx, keys))
    assert [result[key].number for key in keys[:3]] == [1001, 1002, 1003]
    assert len(result) == 3
    over = replace(result["root:Disk"], state=State.RESOLVED, resolved_at=200.0)
    await store.write(lambda tx: incidents.save(tx, [over]))
    assert await store.read(lambda tx: incidents.open_by_key(tx, ["root:Disk"])) == {}
    assert await opened(store, "Disk") == [1004]


async def test_urgent_incidents_come_first_and_alone(store: Store) -> None:
    """Promise 9: a critical incident is decided before ten thousand due warnings, alone."""

    names = {"late": 50.0, "early": 40.0, "critical": 60.0, "not yet": 101.0, "never": None}
    made = [incident(name, due_at=at, rank=2) for name, at in names.items()]
    await store.write(lambda tx: incidents.create(tx, made, urgencies=[2, 2, 1, 1, 1]))
    critical = await store.read(lambda tx: schedule.due(tx, 100.0, 1))
    assert await due(store, 100.0) == ["critical"]
    await store.write(lambda tx: incidents.save(tx, [replace(critical[0], due_at=200.0)]))
    assert await due(store, 100.0) == ["early", "late"]
    assert await due(store, 100.0, limit=1) == ["early"]


async def test_few_are_due_while_an_urgent_one_is_near(store: Store) -> None:
    """Promise 9: an urgent incident that is due soon waits for no whole batch of warnings."""

    async def count_due(now: float, soon: float) -> int:
        return len(await store.read(lambda tx: schedule.due(tx, now, 100, few=16, soon=soon)))

    warnings = [incident(f"W{number}", due_at=50.0) for number in range(80)]
    await store.write(lambda tx: incidents.create(tx, warnings, urgencies=[2] * 80))
    assert await count_due(100.0, 10.0) == 80
    others = [
        incident("critical", due_at=109.0),
        incident("as urgent", due_at=101.0),
        incident("less urgent", due_at=101.0),
    ]
    await store.write(lambda tx: incidents.create(tx, others, urgencies=[1, 2, 3]))
    assert await count_due(100.0, 8.0) == 80
    assert await count_due(100.0, 9.0) == 16
    assert await count_due(109.0, 9.0) == 1  # the critical one itself
    assert [one for one in await due(store, 100.0, 100) if one == "critical"] == []
    assert len(await due(store, 100.0, 100)) == 80


async def test_urgency_rises_before_the_first_notice_and_follows_the_rank_after(
    store: Store,
) -> None:
    """A critical alert that joins a waiting warning makes its incident urgent."""
    made = await store.write(
        lambda tx: incidents.create(tx, [incident("A"), incident("B")], urgencies=[2, 2])
    )
    await store.write(lambda tx: schedule.raise_urgency(tx, [(1002, 3), (1002, 1), (1001, 3)]))
    assert await due(store, 100.0) == ["B"]
    notified = [replace(made[0], rank=1), replace(made[1], rank=2)]
    await store.write(lambda tx: incidents.save(tx, notified))
    assert await due(store, 100.0) == ["A"]


async def test_moving_earlier_never_postpones(store: Store) -> None:
    """A new alert may make an incident due earlier, or due at all."""
    await store.write(lambda tx: incidents.create(tx, [incident("A"), incident("B", due_at=None)]))
    assert await store.read(schedule.next_due) == 100.0
    rows = [(1001, 150.0), (1002, 90.0), (1002, 95.0)]
    await store.write(lambda tx: schedule.move_due_earlier(tx, rows))
    assert [(await get(store, number)).due_at for number in (1001, 1002)] == [100.0, 90.0]
    assert await store.read(schedule.next_due) == 90.0


async def test_nothing_is_due_in_an_empty_database(store: Store) -> None:
    """Without incidents there is no due time."""
    assert await store.read(schedule.next_due) is None
    assert await due(store, 1e12) == []
    assert await get(store, 1001) is None


async def test_members_have_their_alert_and_what_was_notified(store: Store) -> None:
    """What was notified about an alert is stored for each incident that it is in."""
    disk, memory = alert("Disk"), alert("Memory", ends_at=300.0)
    await store.write(lambda tx: alerts.save(tx, [disk, memory], [False, False]))
    one, other = await opened(store, "A", "B")
    pairs = [(one, disk.identity), (one, memory.identity), (other, disk.identity)]
    await store.write(lambda tx: members.add(tx, pairs, 100.0))
    marks = [
        (one, disk.identity, NotifiedState.FIRING, 100.0, None),
        (one, memory.identity, NotifiedState.RESOLVED, 1.5, 2.5),
    ]
    await store.write(lambda tx: members.mark_notified(tx, marks))
    await store.write(lambda tx: members.add(tx, pairs, 200.0))  # again: changes nothing
    result = await store.read(lambda tx: members.by_incident(tx, [one, other, 4711]))
    both = [
        Member(disk, NotifiedState.FIRING, 100.0),
        Member(memory, NotifiedState.RESOLVED, 1.5, 2.5),
    ]
    both.sort(key=lambda member: member.alert.identity)
    assert result == {one: both, other: [Member(disk)], 4711: []}


async def test_open_incidents_of_an_alert_are_found(store: Store) -> None:
    """The end of an alert reaches every open incident that it is in."""
    disk, loose = alert("Disk"), alert("Loose")
    await store.write(lambda tx: alerts.save(tx, [disk, loose], [False, False]))
    numbers = await opened(store, "A", "B", "C")
    pairs = [(number, disk.identity) for number in numbers]
    await store.write(lambda tx: members.add(tx, pairs, 100.0))
    over = replace(await get(store, numbers[1]), state=State.RESOLVED)
    await store.write(lambda tx: incidents.save(tx, [over]))
    await store.write(lambda tx: members.remove(tx, [(numbers[2], disk.identity)]))
    keys = [disk.identity, loose.identity]
    result = await store.read(lambda tx: members.open_numbers_of(tx, keys))
    assert result == {disk.identity: [numbers[0]]}


async def test_ten_thousand_at_once(store: Store) -> None:
    """E37: a storm of ten thousand groups is opened, joined, read and saved in bulk."""
    made = await store.write(
        lambda tx: incidents.create(tx, [incident(f"A{index}") for index in range(10_000)])
    )
    assert [one.number for one in made] == list(range(1001, 11_001))
    later = [replace(one, due_at=500.0) for one in made]
    await store.write(lambda tx: incidents.save(tx, later))
    stored = alert("A")
    await store.write(lambda tx: alerts.save(tx, [stored], [False]))
    pairs = [(one.number, stored.identity) for one in made]
    await store.write(lambda tx: members.add(tx, pairs, 1.0))
    assert len(await store.read(lambda tx: schedule.due(tx, 500.0, 20_000))) == 10_000
    assert await due(store, 499.0) == []
