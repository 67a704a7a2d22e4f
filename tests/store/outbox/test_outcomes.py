"""What becomes of notices: folded, cancelled, given up, replayed; and what is told of it."""

from gateway.core.incidents.notice import NoticeKind
from gateway.core.incidents.outbox import NoticeState
from gateway.store import Store, outbox
from gateway.store.queries import deliveries
from tests.store.builders import (
    ANA,
    BEN,
    ROOM,
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


async def test_every_attempt_is_kept(store: Store) -> None:
    """E41: each attempt has a stored outcome, and what is not known is said."""
    (number,) = await opened(store, "A")
    (id_,) = await added(store, row(number))
    (first,) = await claimed(store)
    await store.write(lambda tx: outbox.record_attempts(tx, [failed(first, at=110.0, again=120.0)]))
    (second,) = await claimed(store, now=120.0)
    await store.write(lambda tx: outbox.record_attempts(tx, [sent(second, at=121.0)]))
    found = await store.read(lambda tx: deliveries.attempts_of(tx, [id_, 4711]))
    assert [(a.at, a.outcome, a.perhaps) for a in found[id_]] == [
        (110.0, "timeout", True),
        (121.0, "accepted", False),
    ]
    assert found[4711] == []
    (line,) = await store.read(lambda tx: deliveries.notices_of(tx, number))
    assert (line.state, line.attempts, line.perhaps, line.sent_at, line.next_at) == (
        NoticeState.SENT,
        2,
        1,
        121.0,
        None,
    )


async def test_receipts_belong_to_incident_and_target(store: Store) -> None:
    """The next notice to a target knows the message that it may change; others do not."""
    one, other = await opened(store, "A", "B")
    await added(store, row(one, ROOM), row(other, ROOM))
    first, second = await claimed(store, "slack")
    done = [sent(first, receipt={"ts": "1.2", "channel": "C1"}), sent(second)]
    await store.write(lambda tx: outbox.record_attempts(tx, done))
    await added(store, row(one, ROOM, kind=NoticeKind.RESOLVED), row(other, ROOM), row(one, ANA))
    third, fourth = await claimed(store, "slack")
    assert (third.receipt, third.knows_firing) == ({"ts": "1.2", "channel": "C1"}, True)
    assert (fourth.receipt, fourth.knows_firing) == (None, True)
    (mail,) = await claimed(store, "email")
    assert (mail.receipt, mail.knows_firing) == (None, False)
    await store.write(
        lambda tx: outbox.record_attempts(tx, [sent(third)])
    )  # no receipt: the old one stays
    (known,) = await store.read(lambda tx: deliveries.recipients_of(tx, one))
    assert (known.target, known.receipt) == (ROOM, {"ts": "1.2", "channel": "C1"})


async def test_a_failed_attempt_is_not_hearing(store: Store) -> None:
    """E5: who was not reached was not told, and is owed no end."""
    (number,) = await opened(store, "A")
    await added(store, row(number))
    (notice,) = await claimed(store)
    await store.write(lambda tx: outbox.record_attempts(tx, [failed(notice)]))
    assert await store.read(lambda tx: deliveries.recipients_of(tx, number)) == []


async def test_folding_lets_a_later_notice_speak_for_all(store: Store) -> None:
    """E3: what could not leave is told by the newest of its lane, and stays to be read."""
    (number,) = await opened(store, "A")
    kinds = (NoticeKind.FIRING, NoticeKind.REPEAT, NoticeKind.RESOLVED)
    ids = await added(store, *(row(number, kind=kind) for kind in kinds))
    (head,) = await claimed(store)
    assert [other for other, _ in head.behind] == ids[1:]

    def work(tx: object) -> object:
        assert outbox.fold(tx, ids[:2], ids[2]) == 2  # type: ignore[arg-type]
        return outbox.claim_one(tx, ids[2], "one", 160.0)  # type: ignore[arg-type]

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


async def test_a_crowd_folds_into_a_digest_and_counts_as_told(store: Store) -> None:
    """Promises 9 and 14: lesser notices become a digest, the worst stays, all are owed the end."""
    numbers = await opened(store, *"ABCDE")
    rows = [row(number, rank=rank) for number, rank in zip(numbers, (1, 2, 2, 3, 3), strict=True)]
    ids = await added(store, *rows, row(numbers[0], BEN, rank=2), row(None, rank=3))
    crowds = await store.read(lambda tx: outbox.targets_to_digest(tx, "email", 100.0, 1, 3))
    assert crowds == [ANA.key]
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


async def test_an_acknowledgement_in_a_digest_counts_as_told(store: Store) -> None:
    """Promise 14: a beginning may have folded into it before; its end is owed."""
    (number,) = await opened(store, "A")
    (ack, digest) = await added(store, row(number, kind=NoticeKind.ACKNOWLEDGED), row(None, rank=3))
    await store.write(lambda tx: outbox.fold(tx, [ack], digest, knows_firing=True))
    await added(store, row(number, kind=NoticeKind.RESOLVED))
    assert [notice.knows_firing for notice in await claimed(store) if notice.incident] == [True]


async def test_an_acknowledgement_cancels_what_still_waits(store: Store) -> None:
    """E22: pending steps end with the acknowledgement; what is in flight cannot be called back."""
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


async def test_cancelling_touches_only_the_unfinished(store: Store) -> None:
    """What was sent stays sent."""
    one, other = await opened(store, "A", "B")
    ids = await added(store, row(one), row(other))
    (notice,) = await claimed(store, limit=1)
    await store.write(lambda tx: outbox.record_attempts(tx, [sent(notice)]))
    assert await store.write(lambda tx: outbox.cancel(tx, ids, "moved")) == 1
    assert await states(store, one) == [NoticeState.SENT]
    assert await states(store, other) == [NoticeState.CANCELLED]


async def test_dead_letters_are_listed_and_replayed(store: Store) -> None:
    """Promise 13: nothing is given up in silence, and what was can be tried again."""
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
    found = await claimed(store, now=500.0)
    assert [(n.id, n.attempts, n.first_attempt_at) for n in found] == [
        (ids[0], 0, None),
        (ids[2], 0, None),
    ]


async def test_what_was_overtaken_is_not_replayed(store: Store) -> None:
    """E10: a late "firing" never follows "resolved"."""
    (number,) = await opened(store, "A")
    ids = await added(store, row(number), row(number, kind=NoticeKind.RESOLVED))
    (notice,) = await claimed(store)
    await store.write(lambda tx: outbox.record_attempts(tx, [failed(notice, again=None)]))
    (end,) = await claimed(store)
    await store.write(lambda tx: outbox.record_attempts(tx, [sent(end)]))
    assert await store.write(lambda tx: outbox.replay(tx, ids, 500.0)) == []
    assert await states(store, number) == [NoticeState.DEAD, NoticeState.SENT]


async def test_the_fallback_is_told_once(store: Store) -> None:
    """E15: a notice remembers that its fallback was told."""
    (number,) = await opened(store, "A")
    ids = await added(store, row(number))
    await store.write(lambda tx: outbox.mark_fallback_notified(tx, ids))
    (notice,) = await claimed(store)
    assert notice.fell_back


async def test_depth_counts_what_is_owed(store: Store) -> None:
    """E40: how much waits, since when, and what was given up, by channel."""
    one, other = await opened(store, "A", "B")
    await added(store, row(one), row(other), now=50.0)
    await added(store, row(one, ROOM), now=60.0)
    gone, _ = await claimed(store)
    await store.write(lambda tx: outbox.record_attempts(tx, [failed(gone, again=None)]))
    assert await store.read(outbox.depth) == [
        ("email", "dead", 1, 50.0),
        ("email", "sending", 1, 50.0),
        ("slack", "pending", 1, 60.0),
    ]
