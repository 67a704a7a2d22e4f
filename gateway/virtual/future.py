"""The future of an alert that was not seen yet: everything that follows until it ends.

The alert fires in a virtual gateway of its own, and nobody acts. So what comes out is what the
running gateway decides, and not a second opinion about it.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextvars import copy_context
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby

from gateway import log
from gateway.config.load import Config
from gateway.core.alerts.labels import identity
from gateway.core.alerts.reported_alert import ReportedAlert
from gateway.core.decide.route_preview import RoutePreview, preview_route
from gateway.core.incidents.incident import Incident
from gateway.core.incidents.silence import Silence
from gateway.core.incidents.timeline import TimelineEntry, TimelineKind
from gateway.core.plan.plan import Plan
from gateway.store import Tx
from gateway.store.queries import lists
from gateway.store.state import silences as silence_rows
from gateway.store.state import timeline
from gateway.virtual.engines import next_due
from gateway.virtual.gateway import VirtualGateway
from gateway.virtual.recorder import Delivery

LASTS = 86400.0
"""Seconds for which the alert fires by default: a day shows a night, and most repeats."""

LONGEST = 31 * 86400.0
"""Seconds for which it may fire. Higher takes longer and says no more."""

MOST_INSTANTS = 300
"""Instants at which something falls due that are played, at up to 15 ms each. Higher: a route that
repeats each minute is worked on for longer than its reader waits."""

AFTERWARDS = 2 * 3600.0
"""Seconds after its end that are played: resolved notifications may wait for a group interval."""

_BEFORE = 0.001
"""Seconds before its end until which time passes: what falls due at that instant is not sent about
an alert that is resolved."""

_IN_NOTICES = frozenset({TimelineKind.NOTIFIED, TimelineKind.DELIVERED})
"""Lines of the timeline that only repeat what the messages themselves say."""

Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """An alert with these labels fires at `at` (Unix seconds) for `lasts` seconds."""

    labels: Labels
    at: float
    lasts: float = LASTS

    @property
    def ends_at(self) -> float:
        """Return when it is resolved (Unix seconds)."""
        return self.at + self.lasts


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is stored now and matters: silences, alerts that inhibit it, its group's incident."""

    silences: Sequence[Silence] = ()
    inhibitors: Sequence[Labels] = ()
    open_incidents: Sequence[Incident] = ()


@dataclass(frozen=True, slots=True)
class Moment:
    """All that happens to an incident at one instant (Unix seconds).

    `times` more such instants follow, `every` seconds apart.
    """

    at: float
    events: tuple[TimelineEntry, ...]
    messages: tuple[Delivery, ...]
    times: int = 0
    every: float = 0.0

    @property
    def last_at(self) -> float:
        """Return the last of its instants."""
        return self.at + self.times * self.every


@dataclass(frozen=True, slots=True)
class FutureIncident:
    """An incident that the alert would open, and what happens to it in the order of time."""

    incident: Incident
    moments: tuple[Moment, ...]


@dataclass(frozen=True, slots=True)
class Future:
    """What follows from an alert. `cut_at`: it was played only until then; None: to its end."""

    hypothesis: Hypothesis
    preview: RoutePreview
    circumstances: Circumstances
    incidents: tuple[FutureIncident, ...]
    cut_at: float | None


def foresee(
    config: Config, plan: Plan, hypothesis: Hypothesis, circumstances: Circumstances
) -> Future:
    """Return what follows from an alert. Takes up to seconds; call it outside of an event loop.

    `plan` is the one in force. Raises ValueError for an instant near the end of time.
    """
    preview = preview_route(plan, hypothesis.labels, hypothesis.at)
    matching = [
        one
        for one in circumstances.silences
        if one.mutes(hypothesis.labels)
        and one.starts_at < hypothesis.ends_at
        and one.ends_at > hypothesis.at
    ]
    circumstances = replace(circumstances, silences=matching)
    in_force = replace(config, plan=plan)
    incidents, cut_at = copy_context().run(_play_muted, in_force, hypothesis, circumstances)
    return Future(hypothesis, preview, circumstances, incidents, cut_at)


def _play_muted(
    config: Config, hypothesis: Hypothesis, circumstances: Circumstances
) -> tuple[tuple[FutureIncident, ...], float | None]:
    log.mute_context()  # what never happened must not be in the log
    return asyncio.run(_play(config, hypothesis, circumstances))


async def _play(
    config: Config, hypothesis: Hypothesis, circumstances: Circumstances
) -> tuple[tuple[FutureIncident, ...], float | None]:
    world = VirtualGateway(config, hypothesis.at, rendered=False)
    await world.start()
    try:
        for silence in circumstances.silences:
            await world.engine.store.write(partial(silence_rows.save, silence=silence))
        inhibitors = [_firing(labels, hypothesis.at) for labels in circumstances.inhibitors]
        if inhibitors:
            await world.post(inhibitors)
        alert = _firing(hypothesis.labels, hypothesis.at)
        await world.post([alert])
        await world.rest()
        cut_at = await _advance(world, hypothesis.ends_at - _BEFORE)
        if cut_at is None:
            world.now = hypothesis.ends_at
        await world.post([replace(alert, ends_at=world.now)])
        await world.rest()
        await _advance(world, world.now + AFTERWARDS)
        key = identity(hypothesis.labels)
        incidents = await world.engine.store.read(lambda tx: _incidents(tx, key, world.deliveries))
    finally:
        await world.close()
    return incidents, cut_at


def _firing(labels: Labels, at: float) -> ReportedAlert:
    return ReportedAlert(dict(labels), {}, at, None)


async def _advance(world: VirtualGateway, until: float) -> float | None:
    """Let time pass; return when it was stopped early, because too much falls due."""
    for _ in range(MOST_INSTANTS):
        due = await next_due([world.engine])
        if due is None or due > until:
            await world.advance_to(until)
            return None
        await world.advance_to(due)
    return world.now


def _incidents(tx: Tx, alert: str, deliveries: Sequence[Delivery]) -> tuple[FutureIncident, ...]:
    """Return the incidents that the alert was in, in the order of their numbers."""
    incidents = [one.incident for one in lists.history_of_alert(tx, alert)]
    return tuple(
        FutureIncident(
            incident,
            tuple(
                collapsed(
                    moments_of(
                        timeline.entries(tx, incident.number),
                        [one for one in deliveries if one.message.incident == incident.number],
                    )
                )
            ),
        )
        for incident in sorted(incidents, key=lambda one: one.number)
    )


def moments_of(
    entries: Iterable[TimelineEntry], deliveries: Iterable[Delivery]
) -> Iterator[Moment]:
    """Yield what happens at each instant, from the lines of a timeline and the messages sent."""
    events = [one for one in entries if one.kind not in _IN_NOTICES]
    everything: list[TimelineEntry | Delivery] = [*events, *deliveries]
    everything.sort(key=_instant)
    for at, group in groupby(everything, key=_instant):
        together = list(group)
        yield Moment(
            at,
            tuple(one for one in together if isinstance(one, TimelineEntry)),
            tuple(one for one in together if isinstance(one, Delivery)),
        )


def _instant(one: TimelineEntry | Delivery) -> float:
    return one.at


def collapsed(moments: Iterable[Moment]) -> list[Moment]:
    """Return moments with those that only repeat the one before counted there, at even times."""
    result: list[Moment] = []
    for moment in moments:
        last = result[-1] if result else None
        gap = 0.0 if last is None else moment.at - last.last_at
        if last is None or _content(last) != _content(moment) or (last.times and gap != last.every):
            result.append(moment)
        else:
            result[-1] = replace(last, times=last.times + 1, every=gap)
    return result


def _content(moment: Moment) -> object:
    """Return what makes two moments the same but for their instants."""
    return (
        [(one.kind, one.text) for one in moment.events],
        sorted((one.target.key, one.message.kind, one.message.reason) for one in moment.messages),
    )
