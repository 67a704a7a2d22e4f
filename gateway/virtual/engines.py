"""Engines in virtual time. Nothing runs by itself: time passes from one due instant to the next."""

import asyncio
from collections.abc import Sequence

from gateway.core.alerts.reported_alert import ReportedAlert
from gateway.core.errors import GatewayError
from gateway.flow.delivery.sender import Sender
from gateway.flow.engine import Engine
from gateway.store import Tx, outbox
from gateway.store.state import schedule, silences

MOST_ROUNDS = 100_000
"""Rounds in which something was done at one instant. More: the engine does not come to rest."""


class NoRestError(GatewayError):
    """The engine goes on and on at one instant."""


async def post(
    engine: Engine, alerts: Sequence[ReportedAlert], source: str, truncated: int = 0
) -> None:
    """Report alerts to an engine; return when they were saved."""
    task = asyncio.get_running_loop().create_task(engine.submit(source, alerts, truncated))
    await asyncio.sleep(0)
    if not task.done():
        await engine.intake.commit_waiting()
    await task
    engine.source_activity.record(source)


async def settle(engines: Sequence[Engine]) -> None:
    """Let every engine do, in turn, what is due now. Raises NoRestError."""
    for _ in range(MOST_ROUNDS):
        busy = False
        for engine in engines:
            busy |= await _work_once(engine)
        if not busy:
            return
    raise NoRestError(f"the gateway does not come to rest at {engines[0].now()}")


async def _work_once(engine: Engine) -> bool:
    await engine.silences.evaluator.check_once()
    await engine.in_force.check_once()
    await engine.contacts.check_once()
    await engine.duty.record_once()
    await engine.shifts.check_once()
    await engine.reports.check_once()
    busy = bool((await engine.dispatcher.dispatch_once()).decided)
    for sender in await _senders_to_run(engine):
        while await _send_once(sender):  # the outcomes of one round are saved by the next
            busy = True
    return busy


async def _senders_to_run(engine: Engine) -> list[Sender]:
    """Return the senders that have something to send now, or wait for a vendor to take more."""
    now = engine.now()

    def due(tx: Tx) -> set[str]:
        times = {account: outbox.next_due_at(tx, account) for account in engine.senders}
        return {account for account, at in times.items() if at is not None and at <= now}

    accounts = await engine.store.read(due)
    return [
        sender
        for account, sender in list(engine.senders.items())
        if account in accounts or sender.holds or not sender.idle
    ]


async def _send_once(sender: Sender) -> bool:
    """Let a sender send what it can claim now; return whether it did anything."""
    was_idle, before = sender.idle, sender.health.attempts
    await sender.step()
    await sender.drain()
    return sender.health.attempts != before or (sender.idle and not was_idle)


async def next_due(engines: Sequence[Engine]) -> float | None:
    """Return the next instant after now (Unix seconds) at which anything falls due, or None."""
    now = engines[0].now()
    accounts = {account for engine in engines for account in engine.senders}

    def stored(tx: Tx) -> list[float | None]:
        edges = [at for s in silences.ending_after(tx, now) for at in (s.starts_at, s.ends_at)]
        sends = [outbox.next_due_at(tx, account) for account in accounts]
        return [schedule.next_due(tx), *edges, *sends]

    times = [at for at in await engines[0].store.read(stored) if at is not None]
    for engine in engines:
        holds = [hold for sender in engine.senders.values() for hold in sender.holds]
        times += [at for hold in holds for at in (hold.probe_at, hold.until)]
        times += [engine.shifts.next_due, engine.reports.next_due]
        if engine.duty.next_due is not None:
            times.append(engine.duty.next_due)
    return min((at for at in times if now < at < float("inf")), default=None)
