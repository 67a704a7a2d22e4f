"""Dead notices are listed, replayed, and replaced by the fallback."""

from gateway.core.incidents.notice import NoticeKind
from gateway.core.incidents.outbox import NoticeState
from gateway.store import Store, outbox
from gateway.store.queries import deliveries
from tests.store.builders import (
    added,
    claimed,
    failed,
    opened,
    row,
    sent,
)


async def states(store: Store, number: int) -> list[NoticeState]:
    lines = await store.read(lambda tx: deliveries.notices_of(tx, number))
    return [line.state for line in lines]


async def test_dead_notices_are_listed_and_replayed(store: Store) -> None:
    """Promise 13: no notice is dropped silently, and a dead one can be sent again."""
    numbers = await opened(store, *"ABC")
    ids = await added(store, *(row(number) for number in numbers))
    gone = [failed(notice, again=None) for notice in await claimed(store)]
    await store.write(lambda tx: outbox.record_attempts(tx, gone))
    newest = await store.read(lambda tx: outbox.dead_notices(tx, 2))
    rest = await store.read(lambda tx: outbox.dead_notices(tx, 2, newest[-1].id))
    assert [n.id for n in newest + rest] == ids[::-1]
    assert await claimed(store, now=1e9) == []
    again = await store.write(lambda tx: outbox.replay(tx, [ids[2], ids[0]], 500.0))
    assert again == [ids[0], ids[2]]
    result = await claimed(store, now=500.0)
    assert [(n.id, n.attempts, n.first_attempt_at) for n in result] == [
        (ids[0], 0, None),
        (ids[2], 0, None),
    ]


async def test_overtaken_notice_is_not_replayed(store: Store) -> None:
    """E10: a late firing notice never follows a resolved one."""
    (number,) = await opened(store, "A")
    ids = await added(store, row(number), row(number, kind=NoticeKind.RESOLVED))
    (notice,) = await claimed(store)
    await store.write(lambda tx: outbox.record_attempts(tx, [failed(notice, again=None)]))
    (end,) = await claimed(store)
    await store.write(lambda tx: outbox.record_attempts(tx, [sent(end)]))
    assert await store.write(lambda tx: outbox.replay(tx, ids, 500.0)) == []
    assert await states(store, number) == [NoticeState.DEAD, NoticeState.SENT]


async def test_fallback_is_notified_once(store: Store) -> None:
    """E15: a notice stores that its fallback was notified."""
    (number,) = await opened(store, "A")
    ids = await added(store, row(number))
    await store.write(lambda tx: outbox.mark_fallback_notified(tx, ids))
    (notice,) = await claimed(store)
    assert notice.fell_back
