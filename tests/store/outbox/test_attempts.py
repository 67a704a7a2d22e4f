"""Attempts are stored, and so is what their targets were notified of."""

from gateway.core.incidents.notice import NoticeKind
from gateway.core.incidents.outbox import NoticeState
from gateway.store import Store, outbox
from gateway.store.queries import deliveries
from tests.store.builders import (
    ANA,
    SLACK_CHANNEL,
    added,
    claimed,
    failed,
    opened,
    row,
    sent,
)
from tests.store.reads import recipients_of


async def test_every_attempt_is_stored(store: Store) -> None:
    """E41: each attempt has a stored outcome, also if it is unknown whether it arrived."""
    (number,) = await opened(store, "A")
    (id_,) = await added(store, row(number))
    (first,) = await claimed(store)
    await store.write(lambda tx: outbox.record_attempts(tx, [failed(first, at=110.0, again=120.0)]))
    (second,) = await claimed(store, now=120.0)
    await store.write(lambda tx: outbox.record_attempts(tx, [sent(second, at=121.0)]))
    result = await store.read(lambda tx: deliveries.attempts_of(tx, [id_, 4711]))
    assert [(a.at, a.outcome, a.perhaps) for a in result[id_]] == [
        (110.0, "timeout", True),
        (121.0, "accepted", False),
    ]
    assert result[4711] == []
    (line,) = await store.read(lambda tx: deliveries.notices_of(tx, number))
    assert (line.state, line.attempts, line.perhaps, line.sent_at, line.next_at) == (
        NoticeState.SENT,
        2,
        1,
        121.0,
        None,
    )


async def test_receipts_belong_to_incident_and_target(store: Store) -> None:
    """The next notice to a target has the receipt of its message; others have not."""
    one, other = await opened(store, "A", "B")
    await added(store, row(one, SLACK_CHANNEL), row(other, SLACK_CHANNEL))
    first, second = await claimed(store, "slack")
    done = [sent(first, receipt={"ts": "1.2", "channel": "C1"}), sent(second)]
    await store.write(lambda tx: outbox.record_attempts(tx, done))
    await added(
        store,
        row(one, SLACK_CHANNEL, kind=NoticeKind.RESOLVED),
        row(other, SLACK_CHANNEL),
        row(one, ANA),
    )
    third, fourth = await claimed(store, "slack")
    assert (third.receipt, third.knows_firing) == ({"ts": "1.2", "channel": "C1"}, True)
    assert (fourth.receipt, fourth.knows_firing) == (None, True)
    (mail,) = await claimed(store, "email")
    assert (mail.receipt, mail.knows_firing) == (None, False)
    await store.write(
        lambda tx: outbox.record_attempts(tx, [sent(third)])
    )  # no receipt: the old one stays
    (known,) = await store.read(lambda tx: recipients_of(tx, one))
    assert (known.target, known.receipt) == (SLACK_CHANNEL, {"ts": "1.2", "channel": "C1"})


async def test_failed_attempt_does_not_count_as_notified(store: Store) -> None:
    """E5: a target that was not reached gets no resolved notification."""
    (number,) = await opened(store, "A")
    await added(store, row(number))
    (notice,) = await claimed(store)
    await store.write(lambda tx: outbox.record_attempts(tx, [failed(notice)]))
    assert await store.read(lambda tx: recipients_of(tx, number)) == []
