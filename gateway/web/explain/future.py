"""The future of an alert by the plan in force, with what is silenced and inhibited now."""

import asyncio
import threading
from functools import partial

from gateway.core.errors import GatewayError
from gateway.core.incidents.silence import Silence
from gateway.flow.engine import Engine
from gateway.flow.intake.route_cache import RouteCache
from gateway.store import Tx
from gateway.store.state import alerts, incidents, silences
from gateway.virtual.future import Circumstances, Future, Hypothesis, Labels, foresee

_PATIENCE = 10.0
"""Seconds that a request waits for the one before it. Higher: more threads wait, which answers to
other questions need as well."""

_one_at_a_time = threading.Lock()
"""Held while a future is played: several at once would slow down what really happens."""


class BusyError(GatewayError):
    """Others ask for futures now, and this request has waited for long enough."""


async def future_of(engine: Engine, labels: Labels, at: float | None, lasts: float) -> Future:
    """Return what would follow from an alert that fires at `at` (Unix seconds); None: now.

    Alerts that fire now inhibit it only if it fires now. Raises ValueError for an instant near
    the end of time, and BusyError.
    """
    plan, config, now = engine.plan, engine.config, engine.now()
    hypothesis = Hypothesis(labels, now if at is None else at, lasts)
    read = partial(_circumstances, engine, hypothesis, is_now=at is None)
    circumstances = await engine.store.read(read)

    def work() -> Future:
        if not _one_at_a_time.acquire(timeout=_PATIENCE):
            raise BusyError("others ask the same now: try again in a moment")
        try:
            return foresee(config, plan, hypothesis, circumstances)
        finally:
            _one_at_a_time.release()

    return await asyncio.to_thread(work)


def _circumstances(
    engine: Engine, hypothesis: Hypothesis, tx: Tx, *, is_now: bool
) -> Circumstances:
    """Return what is stored and matters, from one read transaction."""
    labels = hypothesis.labels
    keys = [group.key for group in RouteCache(engine.plan).of(labels).groups]
    inhibitor = engine.active_alerts.mute_snapshot(tx).inhibited_by(labels) if is_now else None
    inhibiting = alerts.by_identity(tx, [inhibitor]).values() if inhibitor else ()
    return Circumstances(
        _matching_silences(tx, hypothesis),
        [one.labels for one in inhibiting],
        list(incidents.open_by_key(tx, keys).values()),
    )


def _matching_silences(tx: Tx, hypothesis: Hypothesis) -> list[Silence]:
    stored = silences.iterate_ending_after(tx, hypothesis.at)
    return [one for one in stored if one.mutes(hypothesis.labels)]
