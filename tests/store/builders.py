"""Builders of the values that the store keeps."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from gateway.core.alerts.alert import Alert
from gateway.core.alerts.labels import identity
from gateway.core.incidents.incident import Incident
from gateway.core.incidents.notice import NoticeKind, NotifyReason
from gateway.core.incidents.outbox import NewRow, Notice, NoticeState, Result
from gateway.core.plan.plan import Target
from gateway.store import Store, Tx, outbox
from gateway.store.state import incidents

ANA = Target("email", "ana@example.com", "ana")
BEN = Target("email", "ben@example.com", "ben")
SLACK_CHANNEL = Target("slack", "#billing-alerts")


def alert(name: str, *, starts_at: float = 100.0, ends_at: float | None = None) -> Alert:
    labels = {"alertname": name, "severity": "critical"}
    words = {"summary": f"{name} happened"}
    return Alert(identity(labels), labels, words, starts_at, ends_at, "", "test", starts_at)


def incident(name: str, *, due_at: float | None = 100.0, **changed: object) -> Incident:
    labels = {"alertname": name}
    made = Incident(0, f"root:{name}", "root", "billing", labels, 100.0, due_at)
    return replace(made, **changed)


def row(
    number: int | None,
    target: Target = ANA,
    *,
    kind: NoticeKind = NoticeKind.FIRING,
    rank: int = 1,
    facts: int = 0,
) -> NewRow:
    return NewRow(number, target, kind, NotifyReason.FIRST, rank, facts, quiet=False)


def sent(notice: Notice, *, at: float = 110.0, receipt: dict[str, str] | None = None) -> Result:
    return Result(
        notice, NoticeState.SENT, "accepted", "", at, 0.5, receipt=receipt, knows_firing=True
    )


def failed(notice: Notice, *, at: float = 110.0, again: float | None = 120.0) -> Result:
    state = NoticeState.DEAD if again is None else NoticeState.PENDING
    return Result(notice, state, "timeout", "no answer", at, 10.0, next_at=again, perhaps=True)


async def opened(store: Store, *names: str) -> list[int]:
    """Create incidents; return their numbers."""
    made = await store.write(lambda tx: incidents.create(tx, [incident(n) for n in names]))
    return [one.number for one in made]


async def added(store: Store, *rows: NewRow, now: float = 100.0) -> list[int]:
    """Store new notices that nobody claims; return their ids."""
    new = await store.write(lambda tx: outbox.add(tx, rows, [b"{}", b'{"n":1}'], now))
    return new.ids


async def claimed(
    store: Store,
    channel: str = "email",
    *,
    now: float = 100.0,
    owner: str = "one",
    lease: float = 60.0,
    limit: int = 10,
    skip: tuple[str, ...] = (),
) -> list[Notice]:
    """Claim notices for an owner."""
    return await store.write(
        lambda tx: outbox.claim(
            tx,
            channel,
            now,
            limit,
            outbox.Lease(owner, now + lease),
            outbox.ClaimFilter(skip),
            lease_now=now,
        )
    )


@asynccontextmanager
async def writer_held(store: Store) -> AsyncIterator[None]:
    """Keep the writer busy, so that all writes made inside share the next transaction."""
    began, may_end = threading.Event(), threading.Event()

    def work(tx: Tx) -> None:
        began.set()
        assert may_end.wait(30)

    holding = asyncio.gather(store.write(work))
    assert await asyncio.to_thread(began.wait, 30)
    try:
        yield
        await asyncio.sleep(0)  # tasks that were made inside hand their work over
    finally:
        may_end.set()
        await holding
