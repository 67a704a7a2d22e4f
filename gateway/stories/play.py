"""Playing of a story: its steps in virtual time, and what was expected of the messages."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from gateway.config.load import Config
from gateway.core.actions.table import ActionName
from gateway.core.actor import stated_actor
from gateway.core.alerts.reported_alert import ReportedAlert
from gateway.core.decide.result import REFUSING
from gateway.core.errors import GatewayError
from gateway.core.incidents.incident import Incident
from gateway.core.incidents.retry import Failure, SendError
from gateway.core.oncall.add_changes import ChangeRequest
from gateway.core.oncall.rejected import RejectedChangeError
from gateway.flow.silences.silences import SilenceRequest
from gateway.store import Tx
from gateway.store.schema.tables.base import FIRST_INCIDENT
from gateway.store.state import incidents, members
from gateway.stories.story import (
    Acts,
    Event,
    Fails,
    Fires,
    Labels,
    Overrides,
    Reloads,
    Resolves,
    Silences,
    Step,
    StoryAlert,
    Works,
)
from gateway.virtual.gateway import VirtualGateway
from gateway.virtual.recorder import Delivery

MOST_INCIDENTS = 1000
"""Incidents that an action can choose from."""


class EventError(GatewayError):
    """An event of a story could not happen: the message says why."""


@dataclass(frozen=True, slots=True)
class Window:
    """What was sent after the last earlier instant of a story, up to a step's own."""

    step: Step
    since: float
    deliveries: tuple[Delivery, ...]


class Player:
    """Plays one story. `load` loads a routes.yaml by its path."""

    def __init__(self, world: VirtualGateway, load: Callable[[Path], Config], folder: Path) -> None:
        self._world = world
        self._load = load
        self._folder = folder
        self.windows: list[Window] = []
        self._firing: dict[frozenset[tuple[str, str]], tuple[StoryAlert, float]] = {}

    async def play(self, steps: Sequence[Step], start: float) -> None:
        """Play the steps, and collect in `windows` what was sent until each. Raises EventError."""
        since, first = start, 0  # the last earlier instant, and how much was sent by then
        previous, sent = start, 0
        for step in steps:
            await self._world.advance_to(step.at)
            if step.at > previous:
                since, first = previous, sent
            previous = step.at
            for event in step.events:
                await self._do(event, step)
            await self._world.rest()
            sent = len(self._world.deliveries)
            self.windows.append(Window(step, since, tuple(self._world.deliveries[first:])))

    async def _do(self, event: Event, step: Step) -> None:
        world = self._world
        if isinstance(event, Fires):
            await self._fire(event)
        elif isinstance(event, Resolves):
            await self._resolve(event, step)
        elif isinstance(event, Acts):
            await self._act(event, step)
        elif isinstance(event, Silences):
            request = SilenceRequest(
                event.matchers, world.now, world.now + event.seconds, event.by, "in a story"
            )
            await world.engine.silences.put(request)
        elif isinstance(event, Overrides):
            await self._override(event, step)
        elif isinstance(event, Fails):
            for account, failure in event.accounts.items():
                world.failures[account] = partial(_send_error, failure)
        elif isinstance(event, Works):
            for account in event.accounts:
                world.failures.pop(account, None)
        elif isinstance(event, Reloads):
            await world.reload(self._load(self._folder / event.path))

    async def _fire(self, event: Fires) -> None:
        now = self._world.now
        for alert in event.alerts:
            self._firing.setdefault(_key(alert.labels), (alert, now))
        reported = [
            ReportedAlert(alert.labels, alert.annotations, self._firing[_key(alert.labels)][1])
            for alert in event.alerts
        ]
        await self._world.post(reported, event.source)

    async def _resolve(self, event: Resolves, step: Step) -> None:
        ended = []
        for labels in event.alerts:
            matching = [key for key in self._firing if labels.items() <= dict(key).items()]
            if not matching:
                raise EventError(f"line {step.line}: no alert with {_text(labels)} fires")
            ended += matching
        now = self._world.now
        reported = []
        for key in dict.fromkeys(ended):
            alert, since = self._firing.pop(key)
            reported.append(ReportedAlert(alert.labels, alert.annotations, since, now))
        await self._world.post(reported, event.source)

    async def _act(self, event: Acts, step: Step) -> None:
        incident = await self._incident(event.incident, step)
        arguments = _arguments(event, self._world.now)
        other: int | None = None
        if event.other is not None:
            other = (await self._incident(event.other, step)).number
        elif event.action is ActionName.UNMERGE:
            other = incident.responses.merged_into
        actor = stated_actor(event.by, "story")
        engine = self._world.engine
        result = await engine.act(incident.number, event.action, actor, other, **arguments)
        refused = result.answer in REFUSING
        if refused and not event.refused:
            why = result.why or f"incident #{incident.number} is {result.answer.value}"
            raise EventError(f"line {step.line}: {event.action} was refused: {why}")
        if event.refused and not refused:
            raise EventError(
                f"line {step.line}: {event.action} was expected to be refused, but: "
                f"{result.answer.value}"
            )

    async def _incident(self, labels: Labels | None, step: Step) -> Incident:
        """Return the newest incident with such an alert; without labels the newest open one."""

        def newest_first(tx: Tx) -> list[Incident]:
            matches = incidents.by_number(
                tx, range(FIRST_INCIDENT, FIRST_INCIDENT + MOST_INCIDENTS)
            )
            return [matches[number] for number in sorted(matches, reverse=True)]

        def has_alert(tx: Tx, incident: Incident, labels: Labels) -> bool:
            alerts = members.by_incident(tx, [incident.number])[incident.number]
            return any(labels.items() <= one.alert.labels.items() for one in alerts)

        def find(tx: Tx) -> Incident | None:
            if labels is None:
                return next((one for one in newest_first(tx) if one.open), None)
            return next((one for one in newest_first(tx) if has_alert(tx, one, labels)), None)

        incident = await self._world.engine.store.read(find)
        if incident is None:
            what = "is open" if labels is None else f"has an alert with {_text(labels)}"
            raise EventError(f"line {step.line}: no incident {what}")
        return incident

    async def _override(self, event: Overrides, step: Step) -> None:
        request = ChangeRequest(
            event.rota,
            self._world.now + event.seconds,
            person=event.person,
            replaces=event.replaces,
        )
        actor = stated_actor(event.by, "story")
        try:
            await self._world.engine.changes.add([request], actor, "in a story", anyway=True)
        except RejectedChangeError as error:
            raise EventError(f"line {step.line}: the override was rejected: {error}") from None


def _arguments(event: Acts, now: float) -> Mapping[str, Any]:
    """Return the arguments of an action by the names that its decision takes."""
    until = None if event.seconds is None else now + event.seconds
    by_action: dict[ActionName, dict[str, Any]] = {
        ActionName.COMMENT: {"text": event.text},
        ActionName.ESCALATE: {"text": event.text},
        ActionName.EXTEND: {"until": until},
        ActionName.HANDOVER: {"to": event.to, "text": event.text},
        ActionName.PAGE: {"references": event.notify, "text": event.text},
        ActionName.RESOLVE: {"reason": event.text},
        ActionName.SNOOZE: {"until": until or now + 3600.0, "reason": event.text},
        ActionName.TEAM: {"team": event.team},
    }
    return by_action.get(event.action, {})


def _send_error(failure: Failure) -> SendError:
    return SendError(failure, "in a story")


def _key(labels: Labels) -> frozenset[tuple[str, str]]:
    return frozenset(labels.items())


def _text(labels: Labels) -> str:
    return ", ".join(f"{name}={value}" for name, value in labels.items())
