"""Queues: notices of an incident to a target are sent in order, one at a time, by one sender."""

from gateway.core.incidents.notice import NoticeKind
from gateway.store import Store, outbox
from tests.store.builders import ANA, BEN, SLACK_CHANNEL, added, claimed, failed, opened, row, sent


async def test_queue_is_sent_in_order_and_one_at_a_time(store: Store) -> None:
    """Promise 4: the second notice cannot be claimed before the first is finished."""
    (number,) = await opened(store, "A")
    first, second = await added(store, row(number), row(number, kind=NoticeKind.RESOLVED))
    (notice,) = await claimed(store)
    assert notice.id == first
    assert notice.behind == ((second, NoticeKind.RESOLVED),)
    assert await claimed(store) == []
    await store.write(lambda tx: outbox.record_attempts(tx, [sent(notice)]))
    (notice,) = await claimed(store)
    assert (notice.id, notice.knows_firing, notice.behind) == (second, True, ())


async def test_head_that_waits_for_its_next_attempt_blocks_its_queue(store: Store) -> None:
    """Promise 4: a resolved notice does not overtake a firing one that a vendor refused."""
    (number,) = await opened(store, "A")
    await added(store, row(number), row(number, kind=NoticeKind.RESOLVED))
    (notice,) = await claimed(store)
    await store.write(lambda tx: outbox.record_attempts(tx, [failed(notice, again=500.0)]))
    assert await claimed(store, now=499.0) == []
    assert await store.read(lambda tx: outbox.next_due_at(tx, "email")) == 500.0
    (again,) = await claimed(store, now=500.0)
    assert (again.id, again.attempts, again.first_attempt_at, again.perhaps) == (
        notice.id,
        1,
        110.0,
        1,
    )


async def test_queues_do_not_block_each_other(store: Store) -> None:
    """Other incidents, other targets and notices without an incident are other queues."""
    one, other = await opened(store, "A", "B")
    rows = [row(one), row(one, BEN), row(other), row(None), row(None)]
    ids = await added(store, *rows)
    assert [notice.id for notice in await claimed(store)] == ids


async def test_most_urgent_notices_are_claimed_first(store: Store) -> None:
    """Promise 9: a critical notice is claimed before lesser ones that are older."""
    numbers = await opened(store, *"ABCD")
    rows = [row(number, rank=rank) for number, rank in zip(numbers, (3, 2, 1, 2), strict=True)]
    ids = await added(store, *rows)
    claims = await claimed(store, limit=3) + await claimed(store)
    assert [notice.id for notice in claims] == [ids[2], ids[1], ids[3], ids[0]]


async def test_two_owners_never_claim_the_same_notice(store: Store) -> None:
    """Promise 11: each notice has one sender."""
    numbers = await opened(store, *"ABCDEF")
    ids = await added(store, *(row(number) for number in numbers))
    one = await claimed(store, owner="one", limit=4)
    two = await claimed(store, owner="two", limit=4)
    assert [n.id for n in one] + [n.id for n in two] == ids
    assert {n.owner for n in one} == {"one"}
    assert {n.owner for n in two} == {"two"}


async def test_claim_skips_other_channels_and_targets_on_hold(store: Store) -> None:
    """E11: a target on hold is skipped; the others of its channel are claimed."""
    (number,) = await opened(store, "A")
    ids = await added(store, row(number), row(number, BEN), row(number, SLACK_CHANNEL))
    assert [n.id for n in await claimed(store, skip=(ANA.key,))] == [ids[1]]
    assert [n.id for n in await claimed(store, "slack")] == [ids[2]]
    assert [n.id for n in await claimed(store)] == [ids[0]]


async def test_claim_is_taken_over_after_its_lease(store: Store) -> None:
    """Promise 11: another replica sends what a dead one was sending, marked as perhaps sent."""
    (number,) = await opened(store, "A")
    await added(store, row(number))
    (notice,) = await claimed(store, owner="one", now=100.0, lease=60.0)
    assert notice.perhaps == 0
    assert await store.read(lambda tx: outbox.next_due_at(tx, "email")) == 160.0
    assert await claimed(store, owner="two", now=159.9) == []
    (taken,) = await claimed(store, owner="two", now=160.0)
    assert (taken.id, taken.owner, taken.perhaps) == (notice.id, "two", 1)


async def test_lost_claim_cannot_be_finished(store: Store) -> None:
    """Promise 4: an old attempt changes no newer state, but its target counts as notified."""
    (number,) = await opened(store, "A")
    await added(store, row(number), row(number, kind=NoticeKind.RESOLVED))
    (slow,) = await claimed(store, owner="one", now=100.0)
    (quick,) = await claimed(store, owner="two", now=160.0)
    late = sent(slow, at=170.0, receipt={"ts": "old"})
    assert await store.write(lambda tx: outbox.record_attempts(tx, [late])) == [slow.id]
    assert await claimed(store, now=170.0) == []  # still being sent by the other
    done = sent(quick, at=180.0, receipt={"ts": "new"})
    assert await store.write(lambda tx: outbox.record_attempts(tx, [done])) == []
    assert await store.write(lambda tx: outbox.record_attempts(tx, [late])) == [slow.id]
    (after,) = await claimed(store, now=180.0)
    assert (after.kind, after.knows_firing, after.receipt) == (
        NoticeKind.RESOLVED,
        True,
        {"ts": "new"},
    )


async def test_owner_that_claims_again_cannot_finish_its_first_claim(store: Store) -> None:
    """Two claims of the same owner are told apart by `perhaps`."""
    (number,) = await opened(store, "A")
    await added(store, row(number))
    (first,) = await claimed(store, now=100.0)
    (second,) = await claimed(store, now=160.0)
    assert await store.write(lambda tx: outbox.record_attempts(tx, [failed(first)])) == [first.id]
    assert await store.write(lambda tx: outbox.record_attempts(tx, [sent(second)])) == []


async def test_released_notices_are_due_at_once(store: Store) -> None:
    """A graceful stop releases claims that were not begun; they were certainly not sent."""
    numbers = await opened(store, *"ABC")
    ids = await added(store, *(row(number) for number in numbers))
    await claimed(store, owner="one", limit=2)
    await claimed(store, owner="two")
    assert await store.write(lambda tx: outbox.release(tx, "one", [ids[0], ids[2]])) == 1
    assert await store.write(lambda tx: outbox.release(tx, "one")) == 1
    again = await claimed(store, owner="three", now=101.0)
    assert [(n.id, n.perhaps) for n in again] == [(ids[0], 0), (ids[1], 0)]


async def test_head_of_an_empty_queue_is_claimed_as_it_is_stored(store: Store) -> None:
    """A notice whose queue is empty is claimed at once; others wait for their turn."""
    one, other = await opened(store, "A", "B")
    (old,) = await added(store, row(other))
    rows = [
        row(one, kind=NoticeKind.FIRING, facts=1),
        row(one, kind=NoticeKind.RESOLVED),
        row(other),
        row(None),
    ]
    ids, now_ours = await store.write(
        lambda tx: outbox.add(tx, rows, [b"{}", b'{"n":1}'], 100.0, outbox.Lease("one", 160.0))
    )
    assert [(n.id, n.owner, n.behind, n.facts) for n in now_ours] == [
        (ids[0], "one", ((ids[1], NoticeKind.RESOLVED),), b'{"n":1}'),
        (ids[3], "one", (), b"{}"),
    ]
    assert [n.id for n in await claimed(store, owner="two")] == [old]
    assert (
        await store.write(lambda tx: outbox.record_attempts(tx, [sent(n) for n in now_ours])) == []
    )
    (follower,) = await claimed(store, owner="two")
    assert (follower.id, follower.knows_firing) == (ids[1], True)


async def test_no_more_is_claimed_than_the_capacity(store: Store) -> None:
    """E37: in a storm a sender takes what it can send within its lease, the most urgent first."""
    numbers = await opened(store, *"ABC")
    rows = [row(number, rank=rank) for number, rank in zip(numbers, (2, 1, 3), strict=True)]
    rows += [row(number, SLACK_CHANNEL) for number in numbers]
    ids, ours = await store.write(
        lambda tx: outbox.add(tx, rows, [b"{}"], 100.0, outbox.Lease("one", 160.0), {"email": 2})
    )
    assert [n.id for n in ours] == [ids[1], ids[0]]
    assert [n.id for n in await claimed(store, owner="two")] == [ids[2]]
    assert len(await claimed(store, "slack", owner="two")) == 3


async def test_next_due_is_that_of_heads_only(store: Store) -> None:
    """No sender wakes for a notice that an earlier one of its queue blocks."""
    assert await store.read(lambda tx: outbox.next_due_at(tx, "email")) is None
    (number,) = await opened(store, "A")
    await added(store, row(number), row(number), now=100.0)
    assert await store.read(lambda tx: outbox.next_due_at(tx, "email")) == 100.0
    await claimed(store, now=100.0, lease=60.0)
    assert await store.read(lambda tx: outbox.next_due_at(tx, "email")) == 160.0
    assert await store.read(lambda tx: outbox.next_due_at(tx, "slack")) is None


async def test_storm_of_notices_is_claimed_once(store: Store) -> None:
    """E37: two thousand queues are stored, claimed and finished in bulk, each once."""
    numbers = await opened(store, *(f"A{index}" for index in range(2_000)))
    ids = await added(store, *(row(number) for number in numbers))
    done: list[int] = []
    while batch := await claimed(store, limit=500):
        await store.write(
            lambda tx, batch=batch: outbox.record_attempts(tx, [sent(n) for n in batch])
        )
        done += [notice.id for notice in batch]
    assert done == ids
