"""Lists, searches and counts."""

from dataclasses import replace

from gateway.core.incidents.incident import NotifiedState, State
from gateway.core.incidents.notice import NoticeKind
from gateway.store import Store, outbox
from gateway.store.queries import deliveries, lists
from gateway.store.queries.lists import incidents_page
from gateway.store.state import alerts, incidents, members
from tests.store.builders import (
    ANA,
    BEN,
    SLACK_CHANNEL,
    added,
    alert,
    claimed,
    incident,
    opened,
    row,
    sent,
)


async def test_incidents_are_listed_newest_first_in_pages(store: Store) -> None:
    """A list of any length is read in pages that do not overlap."""
    numbers = await opened(store, *"ABCDE")
    seen: list[int] = []
    before = None
    while page := await store.read(lambda tx, at=before: incidents_page(tx, before=at, limit=2)):
        seen += [one.incident.number for one in page]
        before = seen[-1]
    assert seen == numbers[::-1]


async def test_incidents_are_found_by_state_receiver_severity_and_words(store: Store) -> None:
    """Each filter narrows the list; the text is searched literally, not as a pattern."""
    made = await store.write(
        lambda tx: incidents.create(
            tx,
            [
                incident("Disk", severity="critical", rank=1),
                incident("Memory", receiver="platform"),
                incident("50%_off", state=State.ACKNOWLEDGED),
                incident("Old", state=State.RESOLVED),
            ],
            titles=["Disk is full", "Memory", "50%_off", "Old"],
        )
    )
    disk, memory, off, old = (one.number for one in made)

    async def search(**filters: str) -> list[int]:
        page = await store.read(lambda tx: incidents_page(tx, **filters))  # type: ignore[arg-type]
        return [one.incident.number for one in page]

    assert await search(state="open") == [off, memory, disk]
    assert await search(state="firing") == [memory, disk]
    assert await search(state="resolved") == [old]
    assert await search(receiver="platform") == [memory]
    assert await search(severity="critical") == [disk]
    assert await search(q="disk IS") == [disk]
    assert await search(q="memory", receiver="billing") == []
    assert await search(q="%_o") == [off]
    assert await search(q="_") == [off]
    assert await search(q="'\"\\") == []
    assert await store.read(lists.counts_by_state) == {
        "acknowledged": 1,
        "firing": 2,
        "resolved": 1,
    }
    assert await store.read(lambda tx: lists.title_of(tx, disk)) == "Disk is full"
    assert await store.read(lambda tx: lists.title_of(tx, 1)) == ""


async def test_an_incident_without_a_title_is_named_by_its_group(store: Store) -> None:
    """A list never shows a nameless line."""
    labels = {"team": "billing", "alertname": "Disk"}
    made = [incident("A", group_labels=labels), incident("B", group_labels={"team": "x"})]
    await store.write(lambda tx: incidents.create(tx, made))
    page = await store.read(incidents_page)
    assert [one.title for one in page] == ["team=x", "Disk team=billing"]
    await store.write(lambda tx: incidents.set_titles(tx, [(1001, "Better")]))
    assert await store.read(lambda tx: lists.title_of(tx, 1001)) == "Better"


async def test_notices_are_listed_by_incident_and_person(store: Store) -> None:
    """Promise 2: the notices of an incident and those to a person can be read."""
    one, other = await opened(store, "A", "B")
    await added(store, row(one), row(one, BEN), row(one, SLACK_CHANNEL), now=100.0)
    (late,) = await added(store, row(other, kind=NoticeKind.REPEAT, rank=3, facts=1), now=200.0)
    first = (await claimed(store, limit=1))[0]
    await store.write(lambda tx: outbox.record_attempts(tx, [sent(first)]))
    lines = await store.read(lambda tx: deliveries.notices_of(tx, one))
    assert [(line.target, line.state.value) for line in lines] == [
        (ANA, "sent"),
        (BEN, "pending"),
        (SLACK_CHANNEL, "pending"),
    ]
    to_ana = await store.read(lambda tx: deliveries.notices_to_person(tx, "ana", 150.0))
    assert [(line.id, line.incident, line.kind, line.rank) for line in to_ana] == [
        (late, other, "repeat", 3)
    ]
    assert len(await store.read(lambda tx: deliveries.notices_to_person(tx, "ana", 0.0))) == 2
    assert await store.read(lambda tx: deliveries.notice(tx, late)) == to_ana[0]
    assert await store.read(lambda tx: deliveries.notice(tx, 4711)) is None


async def test_alert_is_found_by_some_of_its_labels(store: Store) -> None:
    """`explain` takes the labels that a person knows, with any characters in them."""
    odd = replace(alert("Odd"), labels={"path": 'C:\\x "y"', "n": "50%_é"})
    sly = replace(alert("Sly"), labels={"note": '"path":"C:"', "n": "50xxé"})
    await store.write(lambda tx: alerts.save(tx, [odd, sly], [False, False]))

    async def search(**labels: str) -> list[str]:
        page = await store.read(lambda tx: lists.find_alerts(tx, labels))
        return [one.identity for one in page]

    assert await search(path='C:\\x "y"') == [odd.identity]
    assert await search(n="50%_é") == [odd.identity]
    assert await search(path="C:") == []
    assert await search(n="50%_é", path="other") == []
    assert sorted(await search()) == sorted([odd.identity, sly.identity])


async def test_history_of_an_alert(store: Store) -> None:
    """Promise 2: in which incidents an alert was, and what was notified of it there."""
    disk = alert("Disk")
    await store.write(lambda tx: alerts.save(tx, [disk], [False]))
    one, other = await opened(store, "A", "B")
    for number, at in ((one, 1.0), (other, 2.0)):
        pairs = [(number, disk.identity)]
        await store.write(lambda tx, pairs=pairs, at=at: members.add(tx, pairs, at))
    marks = [(one, disk.identity, NotifiedState.FIRING, 100.0, None)]
    await store.write(lambda tx: members.mark_notified(tx, marks))
    result = await store.read(lambda tx: lists.history_of_alert(tx, disk.identity))
    assert [
        (one.incident.number, one.title, one.joined_at, one.notified, one.notified_starts_at)
        for one in result
    ] == [
        (other, "B", 2.0, NotifiedState.NONE, None),
        (one, "A", 1.0, NotifiedState.FIRING, 100.0),
    ]
