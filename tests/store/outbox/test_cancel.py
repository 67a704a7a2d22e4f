"""Waiting notices can be cancelled; sent ones stay sent."""

from gateway.core.incidents.notice import NoticeKind
from gateway.core.incidents.outbox import NoticeState
from gateway.store import Store, outbox
from gateway.store.queries import deliveries
from tests.store.builders import (
    BEN,
    added,
    claimed,
    opened,
    row,
    sent,
)


async def states(store: Store, number: int) -> list[NoticeState]:
    lines = await store.read(lambda tx: deliveries.notices_of(tx, number))
    return [line.state for line in lines]


async def test_acknowledgement_cancels_waiting_notices(store: Store) -> None:
    """E22: pending steps end with the acknowledgement; what is in flight goes on."""
    (number,) = await opened(store, "A")
    kinds = (NoticeKind.ESCALATION, NoticeKind.REPEAT, NoticeKind.FIRING)
    await added(store, *(row(number, kind=kind) for kind in kinds), row(number, BEN, kind=kinds[0]))
    await claimed(store, limit=1)
    gone = await store.write(
        lambda tx: outbox.cancel_kinds(
            tx, number, [NoticeKind.ESCALATION, NoticeKind.REPEAT], "taken by ana"
        )
    )
    assert gone == 2
    lines = await store.read(lambda tx: deliveries.notices_of(tx, number))
    assert [(line.state.value, line.detail) for line in lines] == [
        ("sending", ""),
        ("cancelled", "taken by ana"),
        ("pending", ""),
        ("cancelled", "taken by ana"),
    ]


async def test_cancelling_leaves_sent_notices(store: Store) -> None:
    """A sent notice stays sent."""
    one, other = await opened(store, "A", "B")
    ids = await added(store, row(one), row(other))
    (notice,) = await claimed(store, limit=1)
    await store.write(lambda tx: outbox.record_attempts(tx, [sent(notice)]))
    assert await store.write(lambda tx: outbox.cancel(tx, ids, "moved")) == 1
    assert await states(store, one) == [NoticeState.SENT]
    assert await states(store, other) == [NoticeState.CANCELLED]


async def test_queue_of_one_target_is_cancelled_alone(store: Store) -> None:
    """What waits to a phone ends with the incident; other targets and what is in flight stay."""
    (number,) = await opened(store, "A")
    await added(store, row(number), row(number, BEN), row(number, kind=NoticeKind.REPEAT))
    await store.write(lambda tx: outbox.cancel_queue(tx, number, row(number).target.key, "over"))
    lines = await store.read(lambda tx: deliveries.notices_of(tx, number))
    assert [(line.state.value, line.detail) for line in lines] == [
        ("cancelled", "over"),
        ("pending", ""),
        ("cancelled", "over"),
    ]
    await claimed(store, limit=1)
    await store.write(lambda tx: outbox.cancel_queue(tx, number, BEN.key, "over"))
    assert (await states(store, number))[1] is NoticeState.SENDING
