"""Lists of incidents by urgency: the order is the query's, and pages do not overlap."""

from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy.sql.expression import ClauseElement

from gateway.core.incidents.incident import State
from gateway.core.incidents.suppression import Suppression
from gateway.core.incidents.suppression import SuppressReason as S
from gateway.core.plan.plan import UNKNOWN_RANK
from gateway.store import Store
from gateway.store.db.session import Row
from gateway.store.db.statement import Statement
from gateway.store.db.transaction import Tx
from gateway.store.queries import urgent
from gateway.store.queries.urgent import Cursor, IncidentFilter
from gateway.store.state import incidents
from tests.store.builders import incident
from tests.store.queries.test_query_plans import steps


def rank_of(severity: str) -> int:
    """Return the rank of a severity of these tests."""
    return {"critical": 1, "warning": 2}.get(severity, UNKNOWN_RANK)


async def created(store: Store) -> dict[str, int]:
    """A storm: two criticals, then sixty warnings; some acknowledged, some resolved."""
    new = [
        incident("Acked", severity="critical", rank=1, state=State.ACKNOWLEDGED),
        incident("Old", severity="critical", rank=1),
        incident("New", severity="critical", rank=1),
        *(incident(f"W{index}", severity="warning", rank=2) for index in range(60)),
        incident("Over", state=State.RESOLVED, severity="critical", rank=1),
        incident("Last", state=State.RESOLVED, severity="warning", rank=2),
    ]
    saved = await store.write(lambda tx: incidents.create(tx, new))
    return {one.group_labels["alertname"]: one.number for one in saved}


async def test_newer_warnings_do_not_hide_an_unacknowledged_critical(store: Store) -> None:
    """Unacknowledged first, then severity, then number; acknowledged and resolved ones follow."""
    numbers = await created(store)
    page = await store.read(lambda tx: urgent.page(tx, IncidentFilter(), limit=5))
    result = [one.incident.number for one in page.incidents]
    assert result == [numbers[name] for name in ("Old", "New", "W0", "W1", "W2")]
    full = await store.read(lambda tx: urgent.page(tx, IncidentFilter(), limit=100))
    tail = [one.incident.number for one in full.incidents][-4:]
    assert tail == [numbers[name] for name in ("W59", "Acked", "Last", "Over")]
    assert full.next is None


def by(reason: S) -> tuple[Suppression, ...]:
    """Return what an incident is suppressed by."""
    return (Suppression(reason, "x"),)


SILENCED = {"suppressions": by(S.SILENCED), "notified_at": 90.0}


async def with_suppressed(store: Store) -> dict[str, int]:
    """Suppressed criticals, one for each reason, then what must and must not come before them."""
    new = [
        incident("Acked", severity="critical", rank=1, state=State.ACKNOWLEDGED),
        incident("Silenced", severity="critical", rank=1, **SILENCED),
        incident("Inhibited", severity="critical", rank=1, suppressions=by(S.INHIBITED)),
        incident("Muted", severity="critical", rank=1, suppressions=by(S.MUTED)),
        incident("Outside", severity="critical", rank=1, suppressions=by(S.OUTSIDE_ACTIVE)),
        incident("Warning", severity="warning", rank=2),
        incident("Nobody", severity="warning", rank=2, suppressions=by(S.NO_TARGETS)),
        incident(
            "Before",
            severity="warning",
            rank=2,
            suppressions=by(S.MUTED),
            notified_at=90.0,
        ),
    ]
    saved = await store.write(lambda tx: incidents.create(tx, new))
    return {one.group_labels["alertname"]: one.number for one in saved}


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 8])
async def test_suppressed_critical_comes_after_an_unacknowledged_warning(
    store: Store, limit: int
) -> None:
    """Silenced, inhibited and muted incidents come between unacknowledged and acknowledged."""
    numbers = await with_suppressed(store)
    names = {number: name for name, number in numbers.items()}
    result: list[str] = []
    after: Cursor | None = None
    while True:
        page = await store.read(
            lambda tx, at=after: urgent.page(tx, IncidentFilter("open"), after=at, limit=limit)
        )
        result += [names[one.incident.number] for one in page.incidents]
        if page.next is None:
            break
        after = Cursor.parse(str(page.next))
    expected = "Warning Nobody Before Silenced Inhibited Muted Outside Acked"
    assert result == expected.split()


async def test_suppressed_incidents_are_counted_apart(store: Store) -> None:
    """Counts and filters treat suppressed incidents as a state of their own."""
    await with_suppressed(store)

    async def counted(state: str) -> list[tuple[str, str, int]]:
        return await store.read(lambda tx: urgent.counts(tx, IncidentFilter(state), rank_of))

    firing = [("firing", "warning", 3), ("suppressed", "critical", 4)]
    assert await counted("open") == [*firing, ("acknowledged", "critical", 1)]
    assert await counted("firing") == firing
    assert await counted("suppressed") == firing[1:]
    page = await store.read(lambda tx: urgent.page(tx, IncidentFilter("suppressed")))
    assert len(page.incidents) == 4


async def test_acknowledging_a_suppressed_incident_leaves_the_suppressed(store: Store) -> None:
    """Saving an incident moves it: acknowledged, silenced again, or notifying again."""
    numbers = await with_suppressed(store)

    async def saved(**changed: object) -> list[tuple[str, str, int]]:
        seen = await store.read(lambda tx: incidents.get(tx, numbers["Silenced"]))
        assert seen is not None
        await store.write(lambda tx: incidents.save(tx, [replace(seen, **changed)]))
        return await store.read(lambda tx: urgent.counts(tx, IncidentFilter(), rank_of))

    assert ("acknowledged", "critical", 2) in await saved(state=State.ACKNOWLEDGED)
    assert ("suppressed", "critical", 4) in await saved(state=State.FIRING)
    assert ("firing", "critical", 1) in await saved(suppressions=())


@pytest.mark.parametrize("limit", [1, 2, 7, 61, 62, 63, 64, 65])
async def test_pages_by_urgency_show_every_incident_once(store: Store, limit: int) -> None:
    """A cursor leads from page to page, also across states, until the list ends."""
    numbers = await created(store)
    result: list[int] = []
    after: Cursor | None = None
    while True:
        page = await store.read(
            lambda tx, at=after: urgent.page(tx, IncidentFilter(), after=at, limit=limit)
        )
        result += [one.incident.number for one in page.incidents]
        if page.next is None:
            break
        after = Cursor.parse(str(page.next))
    assert len(result) == len(numbers)
    assert set(result) == set(numbers.values())


async def test_open_incidents_are_counted_by_state_and_severity(store: Store) -> None:
    """Counts follow the filters and the order of the list."""
    await created(store)

    async def counted(**expected: str) -> list[tuple[str, str, int]]:
        return await store.read(lambda tx: urgent.counts(tx, IncidentFilter(**expected), rank_of))

    assert await counted() == [
        ("firing", "critical", 2),
        ("firing", "warning", 60),
        ("acknowledged", "critical", 1),
    ]
    assert await counted(state="acknowledged") == [("acknowledged", "critical", 1)]
    assert await counted(state="open", q="w1", severity="warning") == [("firing", "warning", 11)]
    assert await counted(state="resolved") == []


async def test_counts_before_the_first_notice_begin_with_the_most_severe(store: Store) -> None:
    """Sixty warnings in their group wait do not come before the criticals."""
    waiting = [incident(f"W{index}", severity="warning") for index in range(3)]
    new = [*waiting, incident("A", severity="critical", rank=1), incident("B", severity="odd")]
    await store.write(lambda tx: incidents.create(tx, new))
    result = await store.read(lambda tx: urgent.counts(tx, IncidentFilter("open"), rank_of))
    assert [severity for _, severity, _ in result] == ["critical", "warning", "odd"]


@pytest.mark.parametrize("text", ["", "1002", "firing-1", "other-1-1", "firing-1-x", "firing-٣-1"])
def test_cursor_of_another_form_is_refused(text: str) -> None:
    """The error says that the cursor comes from the page before."""
    with pytest.raises(ValueError, match="take the cursor from `next`"):
        Cursor.parse(text)


@pytest.mark.parametrize("after", [None, Cursor("firing", 1, 7), Cursor("suppressed", 1, 7)])
@pytest.mark.parametrize("state", ["open", "suppressed", "acknowledged", "resolved"])
def test_lists_by_urgency_go_by_an_index(
    sqlite_path: Path, state: str, after: Cursor | None
) -> None:
    """E37: a page is read in its order, without sorting a hundred thousand open incidents."""
    queries: list[Statement] = []

    class Recorder:
        def query(self, query: ClauseElement) -> list[Row]:
            queries.append(Statement(query))
            return []

    urgent.page(cast(Tx, Recorder()), IncidentFilter(state), after=after)
    assert queries
    for statement in queries:
        (plan,) = steps(sqlite_path, statement)
        assert plan.startswith("SEARCH incidents USING INDEX incidents_")


def test_counting_by_severity_reads_no_row(sqlite_path: Path) -> None:
    """E37: the page with the list counts a hundred thousand open incidents by an index."""
    queries: list[Statement] = []

    class Recorder:
        def query(self, query: ClauseElement) -> list[Row]:
            queries.append(Statement(query))
            return []

    urgent.counts(cast(Tx, Recorder()), IncidentFilter("open", severity="critical"), rank_of)
    urgent.counts(cast(Tx, Recorder()), IncidentFilter("open"), rank_of)
    for statement in queries:
        (plan,) = steps(sqlite_path, statement)
        assert "incidents USING COVERING INDEX incidents_standing" in plan


async def test_severity_that_got_worse_moves_an_incident_up(store: Store) -> None:
    """The list follows the stored severity, not the order of opening."""
    numbers = await created(store)
    worse = await store.read(lambda tx: incidents.get(tx, numbers["W59"]))
    assert worse is not None
    changed = replace(worse, rank=1, severity="critical")
    await store.write(lambda tx: incidents.save(tx, [changed]))
    page = await store.read(lambda tx: urgent.page(tx, IncidentFilter("open"), limit=3))
    assert [one.incident.number for one in page.incidents][-1] == numbers["W59"]
