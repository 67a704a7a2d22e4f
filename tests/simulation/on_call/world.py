"""A gateway in virtual time whose calendars are read and whose contacts may be refused."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from gateway.core.incidents.incident import Incident, State
from gateway.core.incidents.message import Message
from gateway.core.incidents.personal_state import state_of
from gateway.core.incidents.retry import Failure, SendError
from gateway.core.oncall.rota import on_call
from gateway.core.plan.calendars import calendars_of
from gateway.core.plan.plan import Target
from gateway.flow.calendars.part import store_key
from gateway.flow.engine import Engine
from gateway.store.state import calendars
from tests.fakes.calendar import FakeCalendarServer
from tests.flow.calendars.test_calendars import read_here
from tests.flow.world import World
from tests.simulation.on_call.duty_model import DutyModel, Event
from tests.simulation.on_call.routes import CONTACTS, ENVIRONMENT, VARIANTS
from tests.store.reads import open_incidents

REFUSALS: dict[str, Callable[[], SendError]] = {
    "slack": lambda: SendError(Failure.BAD_RECIPIENT, "Slack says user_not_found"),
    "email": lambda: SendError(Failure.BAD_RECIPIENT, "Postmark says 406: inactive"),
    "pagerduty": lambda: SendError(
        Failure.MISCONFIGURED, "PagerDuty says: Invalid routing key", bad_address=True
    ),
}
"""What a vendor says of an address that does not exist."""


@dataclass
class Sample:
    """What held at an instant.

    `people` are those on call in each rota at its end. `on_call` are all that were in billing, and
    `unusable` all contacts that were.
    """

    people: dict[str, tuple[str, ...]] = field(default_factory=dict)
    on_call: set[tuple[str, ...]] = field(default_factory=set)
    unusable: set[str] = field(default_factory=set)


class OnCallWorld(World):
    """A world with a model of who is on call and which contacts work."""

    def __init__(self, url: str, server: FakeCalendarServer) -> None:
        env = {**ENVIRONMENT, "PLATFORM_CALENDAR": f"{server.url}/private-token/basic.ics"}
        super().__init__(url, VARIANTS[0].text, env)
        self.server = server
        self.model = DutyModel(VARIANTS[0])
        self.shifts: tuple[Event, ...] = ()  # what the calendar's server has
        self.refused: set[str] = set()  # keys of contacts that their vendors refuse
        self.unusable: dict[str, float] = {}  # by key: since when, as the gateway must know it
        self.records = True  # False: a replica dies before it records what its vendors say
        self.samples: dict[float, Sample] = {}
        self.problems: list[str] = []

    async def start(self, owner: str = "", ahead: float = 0.0) -> Engine:
        engine = await super().start(owner, ahead)
        engine.calendars.read_apart = read_here
        return engine

    def failing(self, channel: str, message: Message, target: Target) -> SendError | None:
        if target.key in self.refused and channel not in self.faults:
            if self.records:
                self.unusable.setdefault(target.key, self.now)
            return REFUSALS[channel]()
        error = super().failing(channel, message, target)
        since = self.unusable.get(target.key)
        if error is None and since is not None and since < self.now and self.records:
            del self.unusable[target.key]  # what is accepted works
        return error

    async def settle(self) -> None:
        for engine in self.replicas:
            read = len(self.server.received)
            await engine.calendars.round()
            if len(self.server.received) > read:
                broken = self.server.default is not None
                self.model.calendar.take(None if broken else self.shifts, self.now)
            await engine.in_force.check_once()
            await engine.own_alerts.check_once()
        self.sample()
        await super().settle()
        self.sample()
        self.compare()
        await self.expect_usable_contacts()

    async def expect_usable_contacts(self) -> None:
        """Nobody whose answer is waited for was notified only by contacts that do not work."""
        for one in await self.engine.store.read(open_incidents):
            for person in self.model.variant.people:
                usable = set(CONTACTS[person]) - self.unusable.keys()
                if waits_for(one, person) and usable and not usable & one.notified_targets.keys():
                    at = datetime.fromtimestamp(self.now, UTC)
                    self.problems.append(
                        f"{at:%a %H:%M:%S} #{one.number}: {person} is not notified by {usable}"
                    )

    def sample(self) -> None:
        """Note who is on call now, and which contacts do not work."""
        known = self.samples.setdefault(self.now, Sample())
        known.people = {rota: self.model.people(rota, self.now) for rota in ("billing", "platform")}
        known.on_call.add(known.people["billing"])
        known.unusable |= self.unusable.keys()

    def compare(self) -> None:
        """Compare each replica's plan with the model."""
        at = datetime.fromtimestamp(self.now, UTC)
        for engine in self.replicas:
            for name in self.model.variant.rotas:
                result = set(on_call(engine.plan.rotas[name], self.now))
                expected = set(self.model.people(name, self.now))
                if result != expected:
                    self.problems.append(
                        f"{at:%a %H:%M:%S} {name}: {sorted(result)} on call, not {sorted(expected)}"
                    )
            unusable = set(engine.plan.unusable_contacts)
            if unusable != set(self.unusable):
                self.problems.append(
                    f"{at:%a %H:%M:%S} unusable: {sorted(unusable)}, not {sorted(self.unusable)}"
                )

    async def upcoming(self) -> float | None:
        others = await super().upcoming()
        if not self.model.variant.platform:
            return others
        config = self.engine.config
        keys = [store_key(config, key) for key in calendars_of(config.plan)]
        next_at = await self.engine.store.read(lambda tx: calendars.next_readings(tx, keys))
        later = [at for at in next_at.values() if at > self.now]
        return min([*later, *([] if others is None else [others])], default=None)


def waits_for(incident: Incident, person: str) -> bool:
    """Return whether a person was reached and an answer is waited for."""
    state = state_of(incident.personal, person)
    return (
        incident.state is State.FIRING
        and incident.ack is None
        and not incident.suppressed
        and state is not None
        and state.since is not None
    )
