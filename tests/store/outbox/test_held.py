"""Notices of incidents that wait for a person's quiet hours."""

from dataclasses import replace

from gateway.store import Store, outbox
from tests.store.builders import ANA, added, claimed, failed, opened, row


async def test_held_notice_of_an_incident_does_not_keep_back_the_next_one(store: Store) -> None:
    """What waits for quiet hours is at the head of its queue: it leaves with what must not wait."""
    (number,) = await opened(store, "Slow")
    held = replace(row(number, ANA), not_before=300.0)
    first, _ = await added(store, held, row(number, ANA))
    assert await claimed(store, now=200.0) == []
    await store.write(lambda tx: outbox.release_held(tx, [(number, ANA.key)], 200.0))
    (head,) = await claimed(store, now=200.0)
    assert head.id == first
    assert len(head.behind) == 1


async def test_only_what_was_never_tried_is_released(store: Store) -> None:
    """A failed attempt keeps its own time, and a reload releases no held notice."""
    (number,) = await opened(store, "Slow")
    await added(store, row(number, ANA))
    (head,) = await claimed(store)
    retried = failed(head, again=500.0)
    await store.write(lambda tx: outbox.record_attempts(tx, [retried]))
    await store.write(lambda tx: outbox.release_held(tx, [(number, ANA.key)], 200.0))
    assert await claimed(store, now=400.0) == []
    (other,) = await opened(store, "Late")
    await added(store, replace(row(other, ANA), not_before=900.0))
    await store.write(lambda tx: outbox.retry_now(tx, 600.0))
    assert [one.incident for one in await claimed(store, now=600.0)] == [number]
