"""One notice can replace others, which can still be read."""

from gateway.core.incidents.notice import NoticeKind
from gateway.core.incidents.outbox import NoticeState
from gateway.store import Store, outbox
from gateway.store.queries import deliveries
from tests.store.builders import (
    ANA,
    BEN,
    added,
    claimed,
    opened,
    row,
    sent,
)


async def test_later_notice_replaces_earlier_ones_of_its_queue(store: Store) -> None:
    """E3: notices that could not be sent fold into the newest of their queue, and stay readable."""
    (number,) = await opened(store, "A")
    kinds = (NoticeKind.FIRING, NoticeKind.REPEAT, NoticeKind.RESOLVED)
    ids = await added(store, *(row(number, kind=kind) for kind in kinds))
    (head,) = await claimed(store)
    assert [other for other, _ in head.behind] == ids[1:]

    def work(tx: object) -> object:
        assert outbox.fold(tx, ids[:2], ids[2]) == 2  # type: ignore[arg-type]
        return outbox.claim_one(tx, ids[2], outbox.Lease("one", 160.0))  # type: ignore[arg-type]

    taken = await store.write(work)
    assert taken.id == ids[2]  # type: ignore[attr-defined]
    assert await claimed(store, owner="two") == []
    lines = await store.read(lambda tx: deliveries.notices_of(tx, number))
    assert [(line.state, line.folded_into) for line in lines] == [
        (NoticeState.FOLDED, ids[2]),
        (NoticeState.FOLDED, ids[2]),
        (NoticeState.SENDING, None),
    ]
    assert await store.write(lambda tx: outbox.record_attempts(tx, [sent(taken)])) == []  # type: ignore[list-item]


async def test_lesser_notices_fold_into_a_digest_and_count_as_notified(store: Store) -> None:
    """Promises 9 and 14: the worst notice stays, and all targets get the resolved notification."""
    numbers = await opened(store, *"ABCDE")
    rows = [row(number, rank=rank) for number, rank in zip(numbers, (1, 2, 2, 3, 3), strict=True)]
    ids = await added(store, *rows, row(numbers[0], BEN, rank=2), row(None, rank=3))
    targets = await store.read(lambda tx: outbox.targets_to_digest(tx, "email", 100.0, 1, 3))
    assert targets == [ANA.key]
    assert await store.read(lambda tx: outbox.targets_to_digest(tx, "email", 99.0, 1, 1)) == []
    waiting = await store.read(
        lambda tx: outbox.notices_to_digest(tx, "email", ANA.key, 1, 100.0, 3)
    )
    assert [notice.id for notice in waiting] == ids[1:4]
    await store.write(
        lambda tx: outbox.fold(tx, [n.id for n in waiting], ids[6], knows_firing=True)
    )
    assert [n.id for n in await claimed(store)] == [ids[0], ids[5], ids[4], ids[6]]
    await added(store, row(numbers[1], kind=NoticeKind.RESOLVED))
    (end,) = await claimed(store)
    assert end.knows_firing


async def test_acknowledgement_in_a_digest_counts_as_notified(store: Store) -> None:
    """Promise 14: a firing notice may have folded into it, so the resolved one is due."""
    (number,) = await opened(store, "A")
    (ack, digest) = await added(store, row(number, kind=NoticeKind.ACKNOWLEDGED), row(None, rank=3))
    await store.write(lambda tx: outbox.fold(tx, [ack], digest, knows_firing=True))
    await added(store, row(number, kind=NoticeKind.RESOLVED))
    assert [notice.knows_firing for notice in await claimed(store) if notice.incident] == [True]
