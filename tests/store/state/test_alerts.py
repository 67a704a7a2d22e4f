"""Alerts are stored as they were reported."""

from dataclasses import replace

from gateway.core.alerts.alert import Alert
from gateway.store import Store
from gateway.store.state import alerts
from tests.store.builders import alert

HOSTILE = [
    "'; DROP TABLE alerts; --",
    '{"a":"b"}',
    "<!channel> <script>alert(1)</script>",
    "%s %(x)s {x} ? :x $1",
    "\N{RIGHT-TO-LEFT OVERRIDE}evil\n\r\t\x01",
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 \U0010ffff é",
    "x" * 10_000,
    "",
]


async def put(store: Store, *reported: Alert, inhibits: bool = False) -> None:
    await store.write(lambda tx: alerts.save(tx, reported, [inhibits] * len(reported)))


async def known(store: Store, *reports: Alert) -> dict[str, Alert]:
    return await store.read(lambda tx: alerts.by_identity(tx, [one.identity for one in reports]))


async def test_alert_is_read_as_it_was_reported(store: Store) -> None:
    """Every field of an alert is stored, and an alert that nobody reported is unknown."""
    full = Alert("a" * 32, {"a": "1"}, {"b": "2"}, 1.25, 2.5, "http://x/?a=b", "am", 3.75, True)
    bare = Alert("b" * 32, {}, {}, 1700000000.123456, None)
    await put(store, full, bare)
    result = await known(store, full, bare, alert("Unheard"))
    assert result == {full.identity: full, bare.identity: bare}


async def test_hostile_text_stays_text(store: Store) -> None:
    """E17: labels are data, in every column and on both databases."""
    reported = [
        Alert(f"{index:032d}", {"l": text, text or "e": "v"}, {"a": text}, 1.0, None, text, text)
        for index, text in enumerate(HOSTILE)
    ]
    await put(store, *reported)
    assert list((await known(store, *reported)).values()) == reported


async def test_later_report_replaces_all_columns(store: Store) -> None:
    """Saving a known alert changes every column; the last of two in one batch counts."""
    first = alert("Disk")
    later = replace(first, annotations={"summary": "worse"}, ends_at=9.0, source="other")
    await put(store, first)
    await put(store, replace(first, source="between"), later)
    assert await known(store, first) == {first.identity: later}


async def test_extending_moves_only_the_end(store: Store) -> None:
    """A re-post with a later end does not rewrite labels; unknown alerts are skipped."""
    one, other = alert("Disk", ends_at=400.0), alert("Memory", ends_at=400.0)
    await put(store, one, other)
    ends = [(one.identity, 700.0, 300.0), ("f" * 32, 700.0, 300.0)]
    await store.write(lambda tx: alerts.extend_ends(tx, ends))
    result = await known(store, one, other)
    assert result[one.identity] == replace(one, ends_at=700.0, updated_at=300.0)
    assert result[other.identity] == other


async def test_inhibiting_alerts_are_those_that_fire(store: Store) -> None:
    """E9: inhibiting alerts are read from the database, without ended ones."""
    firing, ended = alert("Down"), alert("Was", ends_at=150.0)
    until = alert("Until", ends_at=300.0)
    await put(store, firing, ended, until, inhibits=True)
    await put(store, alert("Plain"))
    result = await store.read(lambda tx: alerts.inhibit_sources(tx, 200.0))
    assert sorted(result) == sorted(
        [(one.identity, one.labels, one.ends_at, one.updated_at) for one in (firing, until)]
    )


async def test_inhibit_flags_can_be_changed(store: Store) -> None:
    """A reload with other inhibit rules updates the flags of alerts, page by page."""
    reported = [alert(f"A{index}") for index in range(7)] + [alert("Over", ends_at=150.0)]
    await put(store, *reported)
    after, seen = "", []
    while page := await store.read(lambda tx, at=after: alerts.active_page(tx, 200.0, at, 3)):
        flags = [(one.identity, True) for one in page]
        await store.write(lambda tx, flags=flags: alerts.set_inhibits(tx, flags))
        seen += page
        after = page[-1].identity
    assert sorted(seen, key=lambda one: one.identity) == seen
    assert len(seen) == 7
    assert len(await store.read(lambda tx: alerts.inhibit_sources(tx, 200.0))) == 7


async def test_inhibit_version_only_goes_up(store: Store) -> None:
    """E9: an index of inhibiting alerts can see that it is out of date."""
    before = await store.read(alerts.inhibit_version)
    assert await store.write(alerts.bump_inhibit_version) == before + 1
    assert await store.read(alerts.inhibit_version) == before + 1


async def test_ten_thousand_at_once(store: Store) -> None:
    """E37: no statement hits a database's limit of parameters."""
    reported = [alert(f"A{index}") for index in range(10_000)]
    await put(store, *reported)
    assert len(await known(store, *reported)) == 10_000


async def test_firing_alerts_are_found_by_their_serials(store: Store) -> None:
    """Ended alerts and unknown serials are left out."""
    firing, ended = alert("Firing", ends_at=300.0), alert("Ended", ends_at=150.0)
    await put(store, firing, ended, alert("Endless"))
    result = await store.read(lambda tx: alerts.active_by_serial(tx, 200.0, range(1, 10)))
    assert [one.labels["alertname"] for one in result] == ["Firing", "Endless"]
    assert result[0] == firing
    assert await store.read(lambda tx: alerts.active_by_serial(tx, 200.0, [2, 99])) == []
