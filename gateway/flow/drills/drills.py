"""Runs of drills: begun once when they are due, followed until their end, on any replica."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from gateway.config.load import Config
from gateway.core.actor import Actor
from gateway.core.alerts.labels import identity
from gateway.core.alerts.own_alerts import DRILL_FAILED, ActiveCondition
from gateway.core.alerts.source_labels import labels_of_source
from gateway.core.drills.judge import judge
from gateway.core.drills.run import DrillRun, DrillState
from gateway.core.errors import GatewayError
from gateway.core.plan.accounts import SourceSettings
from gateway.core.plan.channels import Capability, spec_of
from gateway.core.plan.drill import Drill
from gateway.core.plan.plan import Plan
from gateway.core.time.timestamps import format_rfc3339
from gateway.cron import last_until
from gateway.flow.drills.endpoint import Post, PostError, no_endpoint
from gateway.metrics import Metrics
from gateway.store import Store, Tx
from gateway.store.queries.drill_facts import facts_of
from gateway.store.state import counters, drills, incidents

log = logging.getLogger(__name__)

POLL = 5.0
"""Seconds between two rounds. Higher finds later that messages arrived."""

TOO_LATE = 3600.0
"""Seconds after its slot after which a drill that no gateway began is left out. Higher begins one
at an hour when nobody expects it, after an outage."""

BY_THE_CLOCK = "the schedule"

SPARE = 60.0
"""Seconds after its last deadline at which its alert ends by itself, if no replica ends it."""

REMOVED = "routes.yaml does not have it any more"


class DrillError(GatewayError, ValueError):
    """A drill that cannot be begun; the text says why."""


class Drills:
    """Begins drills and follows them. Used from the event loop.

    A run is stored before its alert is posted, and its state before anything follows from it. So a
    crash repeats at most a post, and a repeated post of an alert changes nothing.
    """

    def __init__(
        self,
        store: Store,
        config: Callable[[], Config],
        plan: Callable[[], Plan],
        now: Callable[[], float],
        metrics: Metrics,
    ) -> None:
        self._store = store
        self._config = config
        self._plan = plan
        self._now = now
        self._metrics = metrics
        self.post: Post = no_endpoint  # until the process listens

    async def run(self, mark_healthy: Callable[[], None]) -> None:
        """Begin and follow drills until cancelled."""
        while True:
            await self.check_once()
            mark_healthy()
            await asyncio.sleep(POLL)

    async def check_once(self) -> None:
        """Begin what is due, and go on with what runs."""
        plan, now = self._plan(), self._now()
        for drill in plan.drills.values():
            slot = round(last_until(drill.cron, drill.zone, now))
            if await self._store.read(partial(_is_due, drill=drill.name, slot=slot, now=now)):
                await self._store.write(partial(_begin_due, drill=drill.name, slot=slot, now=now))
        for run in await self._store.read(drills.unfinished):
            await self._go_on(run, plan.drills.get(run.drill))
        await self._show(plan)

    async def begin(self, name: str, actor: Actor) -> DrillRun:
        """Begin a drill now. KeyError for an unknown one; DrillError while it runs."""
        drill = self._plan().drills[name]
        by, now = self._plan().name_of(actor.id), self._now()
        run = await self._store.write(
            partial(drills.begin, drill=drill.name, slot=None, by=by, now=now)
        )
        if run is None:
            raise DrillError(f"drill {name} runs already")
        return await self._go_on(run, drill)

    async def latest(self, name: str, limit: int) -> list[DrillRun]:
        """Return the runs of a drill, the last one first."""
        return await self._store.read(partial(drills.latest, drill=name, limit=limit))

    def conditions(self, tx: Tx, plan: Plan, now: float) -> Sequence[ActiveCondition]:
        """Return a condition for each drill whose last finished run failed."""
        failed = []
        for name in plan.drills:
            run = last_finished(tx, name)
            if run is not None and run.state is DrillState.FAILED:
                text = {"result": run.text}
                failed.append(ActiveCondition(DRILL_FAILED, {"drill": name}, text, run.ended_at))
        return failed

    async def _go_on(self, run: DrillRun, drill: Drill | None) -> DrillRun:
        if drill is None:
            ended = _ended(run, DrillState.FAILED, REMOVED, self._now())
            return await self._save(replace(ended, closed=True))
        source = self._config().sources.get(drill.source)
        if source is None:  # a reload between the two reads: the next round has both
            return run
        if run.state is DrillState.RUNNING:
            run = await self._follow(run, drill, source)
        if run.state is not DrillState.RUNNING and not run.closed:
            run = await self._post_end(run, drill, source)
        return run

    async def _follow(self, run: DrillRun, drill: Drill, source: SourceSettings) -> DrillRun:
        """Post its alert until it has an incident, and judge what became of it."""
        problem = ""
        if run.facts.incident is None:
            try:
                ends_at = run.began_at + drill.ends_after + SPARE
                await self.post(source, alert_of(drill, run.began_at, ends_at))
            except PostError as error:
                problem = str(error)
        labels = labels_of_source(drill.alert_labels, source.labels, allow_test=True)
        name, with_receipts = identity(labels), accounts_with_receipts(self._config())

        def read(tx: Tx) -> DrillRun:
            return replace(run, facts=facts_of(tx, name, run.began_at, with_receipts))

        seen, now = await self._store.read(read), self._now()
        state, text = judge(drill, run.began_at, seen.facts, now)
        if problem and seen.facts.incident is None:
            text = f"{text}: {problem}"
        if state is DrillState.RUNNING:
            after = replace(seen, text=text)
        else:
            after = _ended(seen, state, text, now)
        return run if after == run else await self._save(after)

    async def _post_end(self, run: DrillRun, drill: Drill, source: SourceSettings) -> DrillRun:
        """End its alert, and mark the run as closed once its incident is over.

        Until then no further run begins: its alert would join this incident.
        """
        now, number = self._now(), run.facts.incident
        try:
            await self.post(source, alert_of(drill, run.began_at, now))
        except PostError as error:
            log.warning("drill %s: its alert was not ended: %s", drill.name, error)
        incident = None
        if number is not None:
            incident = await self._store.read(partial(incidents.get, number=number))
        ends_by_itself = run.began_at + drill.ends_after + SPARE
        if incident is not None and incident.open and now < ends_by_itself + SPARE:
            return run
        return await self._save(replace(run, closed=True))

    async def _save(self, run: DrillRun) -> DrillRun:
        saved = await self._store.write(partial(_save_further, run=run))
        if saved.state is not DrillState.RUNNING and not saved.closed:
            level = logging.INFO if saved.state is DrillState.ARRIVED else logging.ERROR
            log.log(level, "drill %s: %s: %s", run.drill, saved.state.value, saved.text)
        return saved

    async def _show(self, plan: Plan) -> None:
        names = tuple(plan.drills)
        last = await self._store.read(lambda tx: {one: last_finished(tx, one) for one in names})
        self._metrics.set_drills(
            {
                name: (run.ended_at or 0.0, run.state is DrillState.ARRIVED)
                for name, run in last.items()
                if run is not None
            }
        )


def accounts_with_receipts(config: Config) -> frozenset[str]:
    """Return the keys of the accounts whose vendor posts whether a message arrived."""
    return frozenset(
        one.account_key
        for one in config.channels.values()
        if one.callbacks is not None and spec_of(one.type).can(Capability.RECEIPTS)
    )


def alert_of(drill: Drill, began_at: float, ends_at: float) -> Mapping[str, Any]:
    """Return a drill's alert as Prometheus posts it."""
    return {
        "labels": dict(drill.alert_labels),
        "annotations": {
            "summary": f"Drill {drill.name}: {drill.subject}",
            "description": "Nothing is wrong. This tests that an alert reaches you.",
        },
        "startsAt": format_rfc3339(began_at),
        "endsAt": format_rfc3339(ends_at),
    }


def last_finished(tx: Tx, name: str) -> DrillRun | None:
    """Return the last run of a drill that has a result; None if there is none."""
    runs = drills.latest(tx, name, 2)  # one at most is running
    return next((run for run in runs if run.state is not DrillState.RUNNING), None)


def _ended(run: DrillRun, state: DrillState, text: str, now: float) -> DrillRun:
    return replace(run, state=state, text=text, ended_at=now)


def _is_due(tx: Tx, drill: str, slot: int, now: float) -> bool:
    last = counters.find(tx, _counter(drill))
    return last is None or last < slot or last > now


def _begin_due(tx: Tx, drill: str, slot: int, now: float) -> None:
    """Begin the run of a slot, unless another replica has or it is too late.

    The first slot of a new drill is the next one. A stored slot that is still to come was stored by
    a clock that was ahead: the schedule goes on from the slot before now. No slot gets a second run
    by that, because `drills.begin` refuses it.
    """
    last = counters.find(tx, _counter(drill))
    if last is not None and last > now:
        counters.save(tx, _counter(drill), slot)
        return
    if last is not None and last >= slot:
        return
    counters.save(tx, _counter(drill), slot)
    if last is not None and now - slot <= TOO_LATE:
        drills.begin(tx, drill, float(slot), BY_THE_CLOCK, now)


def _save_further(tx: Tx, run: DrillRun) -> DrillRun:
    """Store how far a run is, unless another replica went further; return what is stored."""
    stored = drills.get(tx, run.id)
    if stored is None or stored.closed:
        return stored or run
    if stored.state is not DrillState.RUNNING and not run.closed:
        return stored
    drills.save(tx, run)
    return run


def _counter(drill: str) -> str:
    return f"drill {drill}"
