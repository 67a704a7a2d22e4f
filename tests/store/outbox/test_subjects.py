"""Notices without an incident: their queues, their claims, and what they never delay."""

from dataclasses import replace

from gateway.core.incidents.notice import NoticeKind, Subject, SubjectKind
from gateway.core.incidents.outbox import NewRow, Result
from gateway.core.plan.plan import SHIFT_RANK, UNKNOWN_RANK
from gateway.store import Store, outbox
from tests.store.builders import ANA, added, claimed, failed, opened, row, sent

ROTA = Subject(SubjectKind.ROTA, "billing")
PERSON = Subject(SubjectKind.PERSON, "ana")


def about(subject: Subject, *, not_before: float | None = None) -> NewRow:
    """Return a notice about shifts to Ana."""
    one = row(None, ANA, kind=NoticeKind.REMINDER, rank=SHIFT_RANK)
    return replace(one, subject=subject, not_before=not_before)


async def recorded(store: Store, result: Result) -> None:
    """Store what became of an attempt."""
    await store.write(lambda tx: outbox.record_attempts(tx, [result]))


async def test_only_the_head_of_a_subjects_queue_is_claimed(store: Store) -> None:
    """Promise 4: two notices of one subject to one target leave one after the other."""
    first, second = await added(store, about(ROTA), about(ROTA))
    (head,) = await claimed(store)
    assert head.id == first
    await recorded(store, failed(head, again=500.0))
    assert await claimed(store, now=400.0) == []
    (head,) = await claimed(store, now=500.0)
    await recorded(store, sent(head, at=501.0))
    assert [one.id for one in await claimed(store, now=502.0)] == [second]


async def test_other_subjects_and_incidents_do_not_wait(store: Store) -> None:
    """Queues of other subjects, and those of incidents, go on beside it."""
    (number,) = await opened(store, "Slow")
    await added(store, about(ROTA), about(PERSON), row(number))
    assert len(await claimed(store)) == 3


async def test_page_of_unknown_severity_is_claimed_before_a_message_about_shifts(
    store: Store,
) -> None:
    """Promise 9: an older message about shifts never delays a page of any severity."""
    (number,) = await opened(store, "Down")
    _, page = await added(store, about(ROTA), row(number, rank=UNKNOWN_RANK))
    assert [one.id for one in await claimed(store, limit=1)] == [page]


async def test_notice_waits_until_its_earliest_time(store: Store) -> None:
    """A message held back by quiet hours is not claimed before they end."""
    await added(store, about(ROTA, not_before=300.0))
    assert await claimed(store, now=299.0) == []
    (notice,) = await claimed(store, now=300.0)
    assert (notice.incident, notice.subject) == (None, ROTA)
