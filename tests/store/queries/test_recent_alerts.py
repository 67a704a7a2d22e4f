"""Alerts seen lately are read in pages, each once."""

from gateway.store import Store
from gateway.store.queries.recent_alerts import PageEnd, page
from gateway.store.state import alerts
from tests.store.builders import alert


async def names(store: Store, since: float, most: int) -> list[str]:
    """Return the names on all pages, in their order."""
    result: list[str] = []
    position: PageEnd | None = PageEnd()
    while position is not None:
        here = position
        rows, position = await store.read(lambda tx, at=here: page(tx, since, at, most))
        assert len(rows) <= most
        result += [one.labels["alertname"] for one in rows]
    return result


async def test_each_recent_alert_is_on_one_page(store: Store) -> None:
    """Firing ones first, then those that end last; equal ends are split between pages rightly."""
    made = [alert(name) for name in "AB"]
    made += [alert(f"{end}-{number}", ends_at=end) for end in (300.0, 200.0) for number in range(3)]
    made += [alert("old", ends_at=50.0)]
    await store.write(lambda tx: alerts.save(tx, made, [False] * len(made)))
    for most in (1, 2, 3, 50):
        listed = await names(store, 100.0, most)
        assert listed[:2] == ["B", "A"]
        assert [name.partition("-")[0] for name in listed[2:]] == ["300.0"] * 3 + ["200.0"] * 3
        assert len(set(listed)) == len(listed) == 8
