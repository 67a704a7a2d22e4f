"""Lists of active alerts are small, ordered, and read by an index."""

from array import array
from dataclasses import replace

from gateway.core.alerts.alert import Alert
from gateway.store import Store, Tx
from gateway.store.queries import active_alerts
from gateway.store.state import alerts, incidents, members
from tests.store.builders import alert, incident


async def put(store: Store, *reported: Alert) -> None:
    await store.write(lambda tx: alerts.save(tx, reported, [False] * len(reported)))


async def names(store: Store, since: float) -> list[str]:
    """Return the names of alerts that end after an instant, by serial."""

    def work(tx: Tx) -> list[str]:
        result = active_alerts.labels(tx, active_alerts.serials(tx, since))
        return [labels["alertname"] for _, labels in result]

    return await store.read(work)


async def test_active_alerts_are_listed_by_serial(store: Store) -> None:
    """Alerts without an end and with a later one are listed, also if many end at once."""
    ends = {"A": 50.0, "B": None, "C": 60.0, "D": 60.0, "E": 40.0, "F": None}
    await put(store, *(alert(name, ends_at=end) for name, end in ends.items()))
    assert await names(store, 50.0) == ["B", "C", "D", "F"]
    assert await names(store, 0.0) == list("ABCDEF")


async def test_long_lists_are_read_in_parts(store: Store) -> None:
    """No alert is lost where a page ends between alerts with the same end."""
    count = active_alerts.PAGE_SIZE + 7
    some = [alert(f"n{n}", ends_at=None if n % 2 else 60.0) for n in range(2 * count)]
    await put(store, *some)
    result = await store.read(lambda tx: active_alerts.serials(tx, 50.0))
    assert result == array("q", range(1, 2 * count + 1))


async def test_few_are_listed_and_too_many_are_not(store: Store) -> None:
    """A caller with a limit gets None without reading them all."""
    ends = {"A": 50.0, "B": None, "C": 60.0, "D": None}
    await put(store, *(alert(name, ends_at=end) for name, end in ends.items()))
    assert await store.read(lambda tx: active_alerts.serials_up_to(tx, 50.0, 3)) == [2, 3, 4]
    assert await store.read(lambda tx: active_alerts.serials_up_to(tx, 50.0, 2)) is None


async def test_serial_stays_while_an_alert_fires(store: Store) -> None:
    """An alert that fires again after its end gets a new serial."""
    first = alert("Disk", ends_at=400.0)
    await put(store, first, alert("Memory"))

    async def serial() -> int:
        rows = await store.read(lambda tx: active_alerts.rows(tx, range(1, 20)))
        return next(row[0] for row in rows if row[1] == first.identity)

    assert await serial() == 1
    await put(store, replace(first, updated_at=200.0, ends_at=300.0))
    assert await serial() == 1
    await put(store, replace(first, updated_at=500.0, starts_at=500.0, ends_at=900.0))
    again = await serial()
    assert again > 2
    assert await store.read(active_alerts.last_serial) >= again
    newer = await store.read(lambda tx: active_alerts.labels_after(tx, 2, 10))
    assert newer == [(again, first.labels)]
    assert await store.read(lambda tx: active_alerts.labels_after(tx, again, 10)) == []


async def test_open_incidents_come_in_the_order_of_their_labels(store: Store) -> None:
    """Groups are listed as in Alertmanager; resolved incidents are left out."""

    def work(tx: Tx) -> None:
        made = [incident(name) for name in ("Memory", "Disk", "Network")]
        incidents.create(tx, made)

    await store.write(work)
    assert list(await store.read(active_alerts.open_numbers)) == [1002, 1001, 1003]
    among = await store.read(lambda tx: active_alerts.open_numbers(tx, [1003, 1002, 7]))
    assert list(among) == [1002, 1003]
    groups = await store.read(lambda tx: active_alerts.groups(tx, among))
    assert groups[1003] == active_alerts.Group(1003, "billing", "root", '{"alertname":"Network"}')


async def test_members_are_found_from_both_sides(store: Store) -> None:
    """From the incident to its alerts, and from an alert to its incidents."""
    one, other = alert("Disk"), alert("Memory")

    def work(tx: Tx) -> None:
        alerts.save(tx, [one, other], [False, False])
        incidents.create(tx, [incident("Disk"), incident("Memory")])
        pairs = [(1002, other.identity), (1001, one.identity), (1001, other.identity)]
        members.add(tx, pairs, 100.0)

    await store.write(work)
    expected = [(1001, 1), (1001, 2), (1002, 2)]
    assert await store.read(lambda tx: active_alerts.members_of(tx, [1002, 1001])) == expected
    assert await store.read(lambda tx: active_alerts.memberships(tx, [2])) == expected[1:]
