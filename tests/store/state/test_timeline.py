"""What happened can be read later, and so can what was refused."""

from gateway.core.incidents.timeline import TimelineEntry
from gateway.store import Store
from gateway.store.state import timeline
from gateway.store.state.timeline import RejectedRequest


async def test_a_timeline_keeps_its_order(store: Store) -> None:
    """Promise 2: why we spoke or kept quiet is recorded, in the order in which it happened."""
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


async def test_who_had_it_and_when(store: Store) -> None:
    """The team lead's question, who answered and how, has an answer."""
    await store.write(lambda tx: timeline.add_ack(tx, 7, "taken", "ana", 5.0, "link"))
    await store.write(lambda tx: timeline.add_ack(tx, 7, "given back", "ana", 6.0, "cli"))
    assert await store.read(lambda tx: timeline.acks_of(tx, 7)) == [
        timeline.AckRecord(7, "taken", "ana", 5.0, "link"),
        timeline.AckRecord(7, "given back", "ana", 6.0, "cli"),
    ]


async def test_refused_requests_are_kept_whatever_is_in_them(store: Store) -> None:
    """E42: admins see what was refused and why, also when no database could hold it as it came."""
    detail = [{"field": "alerts[0].labels", "got": "\ud800", "error": ValueError("bad")}]
    request = RejectedRequest(5.0, "am", 400, "NUL\0 in it", detail, "127.0.0.1", "\ud800\0{")
    await store.write(lambda tx: timeline.add_reject(tx, request))
    (found,) = await store.read(lambda tx: timeline.rejected_requests(tx, 10))
    assert (found.at, found.source, found.status) == (5.0, "am", 400)
    assert found.error == "NUL\N{REPLACEMENT CHARACTER} in it"
    assert found.detail == [{"field": "alerts[0].labels", "got": "\ud800", "error": "bad"}]
    assert found.excerpt == "?\N{REPLACEMENT CHARACTER}{"


async def test_only_the_latest_refusals_are_kept(store: Store) -> None:
    """A source that sends rubbish for days does not fill the disk."""

    def many(tx: object) -> None:
        for number in range(timeline.MAX_REJECTS + 5):
            request = RejectedRequest(float(number), "am", 400, "bad", None, "", "")
            timeline.add_reject(tx, request)  # type: ignore[arg-type]

    await store.write(many)
    kept = await store.read(lambda tx: timeline.rejected_requests(tx, 10_000))
    assert [one.at for one in kept] == [float(n) for n in range(timeline.MAX_REJECTS + 4, 4, -1)]
