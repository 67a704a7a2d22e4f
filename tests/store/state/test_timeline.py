"""Histories and refused requests can be read later."""

from gateway.core.actor import stated_actor, verified_person
from gateway.core.incidents.timeline import TimelineEntry
from gateway.store import Store
from gateway.store.state import timeline
from gateway.store.state.timeline import RejectedRequest
from tests.store.reads import acks_of

ANA = verified_person("ana", "link")
STATED = stated_actor("program:bot", "cli")


async def test_timeline_keeps_its_order(store: Store) -> None:
    """Promise 2: why we notified or did not is stored, in the order in which it happened."""
    entries = [
        TimelineEntry(
            2.0, "spoke", "told ana", {"notice": 1, "targets": ["email:ana@example.com"]}
        ),
        TimelineEntry(1.0, "kept quiet", "muted until 9:00 <b>\n", {}),
    ]
    await store.write(
        lambda tx: timeline.add(tx, [(7, entries[0]), (8, entries[0]), (7, entries[1])])
    )
    assert await store.read(lambda tx: timeline.entries(tx, 7)) == entries
    assert await store.read(lambda tx: timeline.entries(tx, 9)) == []


async def test_acknowledgements_are_listed(store: Store) -> None:
    """A team lead can read who acknowledged, how, and whether that was proven."""
    await store.write(lambda tx: timeline.add_ack(tx, 7, "taken", ANA, 5.0))
    await store.write(lambda tx: timeline.add_ack(tx, 7, "given back", STATED, 6.0))
    assert await store.read(lambda tx: acks_of(tx, 7)) == [
        timeline.AckRecord(7, "taken", 5.0, ANA),
        timeline.AckRecord(7, "given back", 6.0, STATED),
    ]


async def test_refused_requests_are_stored_with_any_content(store: Store) -> None:
    """E42: admins see why a request was refused, also if no database can store its text."""
    detail = [{"field": "alerts[0].labels", "got": "\ud800", "error": ValueError("bad")}]
    request = RejectedRequest(5.0, "am", 400, "NUL\0 in it", detail, "127.0.0.1", "\ud800\0{")
    await store.write(lambda tx: timeline.add_reject(tx, request))
    (result,) = await store.read(lambda tx: timeline.rejected_requests(tx, 10))
    assert (result.at, result.source, result.status) == (5.0, "am", 400)
    assert result.error == "NUL\N{REPLACEMENT CHARACTER} in it"
    assert result.detail == [{"field": "alerts[0].labels", "got": "\ud800", "error": "bad"}]
    assert result.excerpt == "?\N{REPLACEMENT CHARACTER}{"


async def test_only_the_latest_refused_requests_are_kept(store: Store) -> None:
    """A source that sends invalid requests for days does not fill the disk."""

    def many(tx: object) -> None:
        for number in range(timeline.MAX_REJECTS + 5):
            request = RejectedRequest(float(number), "am", 400, "bad", None, "", "")
            timeline.add_reject(tx, request)  # type: ignore[arg-type]

    await store.write(many)
    requests = await store.read(lambda tx: timeline.rejected_requests(tx, 10_000))
    assert [one.at for one in requests] == [
        float(n) for n in range(timeline.MAX_REJECTS + 4, 4, -1)
    ]
