"""Random virtual days of a gateway: alerts, responses, dead vendors, crashes, reloads.

The events are logged in order, so a failing seed can be read like a log.
"""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from gateway.core.actions.table import ActionName
from gateway.core.actor import verified_person
from gateway.core.decide.result import ActionOutcome
from gateway.core.incidents.message import Message
from gateway.core.incidents.retry import Failure, SendError
from gateway.core.incidents.silence import Silence
from gateway.core.matching.matcher import Matcher
from gateway.core.plan.plan import Target
from gateway.flow.silences.silences import SilenceRequest
from tests.flow.world import HOUR, MINUTE, ROUTES, Delivered, World, alert
from tests.store.reads import open_incidents

NAMES = (
    ("DoubleChargeDetected", "critical"),
    ("StripeWebhooksStalled", "critical"),
    ("BillingDatabaseDown", "critical"),
    ("PaymentFailures", "warning"),
    ("PaymentFailures", "critical"),
    ("SlowRenewals", "warning"),
    ("NewPriceList", "info"),
)
CHANNELS = ("email", "slack", "pagerduty")
PEOPLE = ("ana", "ben")
ON_TICKS = "repeats: on the group interval\n"
IN_TURNS = (
    ROUTES.replace(
        "escalations:",
        "time_intervals: [{name: lunch, time_intervals: "
        "[{times: [{start_time: '12:00', end_time: '13:30'}]}]}]\nescalations:",
    )
    .replace(
        '    - {notify: ["rota:billing"], by: [email], wait: 15m}',
        '    - {notify: ["members:billing", "person:ben"], by: [email], round_robin: true,'
        " wait: 5m}\n"
        '    - {notify: ["receiver:everyone"], wait: 5m, when: {severities: [critical],'
        " outside_time_intervals: [lunch]}}",
    )
    .replace(
        'severity=~"critical|warning"\'], receiver: billing}',
        'severity=~"critical|warning"\'], receiver: billing, respond_within: 20m}',
    )
)
"""Steps by severity and time, round robin, and a time to acknowledge of the route's own."""
Action = Callable[[], Awaitable[None]]
VARIANTS = (
    ROUTES,
    IN_TURNS,
    ROUTES.replace("group_by: [alertname]", "group_by: [alertname, severity]"),
    ROUTES.replace("receiver: quiet}", "receiver: everyone}"),
)


@dataclass
class CrashError(Exception):
    """The process dies after the vendor accepted and before that is recorded."""


@dataclass
class Simulation:
    """One run with one seed."""

    world: World
    seed: int
    events: list[str] = field(default_factory=list)
    firing: dict[tuple[str, str, str], float] = field(default_factory=dict)
    doubled: set[int] = field(
        default_factory=set
    )  # notices that may arrive twice for a known reason
    silences: dict[str, Silence] = field(default_factory=dict)
    acked: dict[int, list[tuple[float, float | None]]] = field(default_factory=dict)
    variants: tuple[str, ...] = VARIANTS  # what a reload may load
    reloads: list[tuple[float, int]] = field(default_factory=list)  # when, and which variant

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)

    def log(self, text: str) -> None:
        at = datetime.fromtimestamp(self.world.now, UTC)
        self.events.append(f"{at:%a %H:%M:%S}  {text}")

    def actions(self) -> dict[Action, int]:
        """Return what may happen, and how often in proportion."""
        return {
            self.fire: 10,
            self.end: 6,
            self.repost: 4,
            self.respond: 4,
            self.undo: 1,
            self.vendor: 4,
            self.crash: 2,
            self.crash_while_sending: 2,
            self.reload: 1,
            self.join: 1,
            self.silence: 3,
            self.unsilence: 1,
        }

    async def play(self, events: int) -> None:
        """Play random events, then repair everything and resolve all alerts."""
        actions = self.actions()
        for _ in range(events):
            await self.dice.choices(list(actions), list(actions.values()))[0]()
            await self.pass_time(self.dice.choice((1.0, 20.0, 5 * MINUTE, HOUR, 3 * HOUR)))
        await self.repair()
        await self.pass_time(HOUR)
        for key in list(self.firing):
            await self.end_one(key)
        self.log("all channels repaired, all alerts resolved")
        await self.pass_time(6 * HOUR)

    async def repair(self) -> None:
        """Let everything work again."""
        for channel in CHANNELS:
            self.world.mend(channel)

    async def pass_time(self, seconds: float) -> None:
        """Let time pass. Most outages end within the hour: each attempt in them costs a round."""
        if seconds > HOUR and self.world.faults and self.dice.random() < 0.7:
            await self.pass_time(HOUR)
            seconds -= HOUR
            for channel in sorted(self.world.faults):
                self.log(f"{channel} works again")
                self.world.mend(channel)
        for one in await self.world.advance(seconds):
            self.note(one)

    def note(self, one: Delivered) -> None:
        self.events.append(
            f"{'':14}  #{one.incident} {one.kind} ({one.reason}) reached {one.to}"
            f" at +{one.at:.0f}s, notice {one.notice}"
        )

    async def fire(self) -> None:
        name, severity = self.dice.choice(NAMES)
        key = (name, severity, self.dice.choice(("eu", "us")))
        self.firing.setdefault(key, self.world.now)
        self.log(f"{key} fires")
        await self.post(key)

    async def post(self, key: tuple[str, str, str], ends_at: float | None = None) -> None:
        name, severity, region = key
        await self.world.post(
            alert(name, severity, starts_at=self.firing[key], ends_at=ends_at, region=region),
            to=self.dice.choice(self.world.replicas),
        )

    async def end(self) -> None:
        if self.firing:
            await self.end_one(self.dice.choice(sorted(self.firing)))

    async def end_one(self, key: tuple[str, str, str]) -> None:
        self.log(f"{key} resolves")
        await self.post(key, ends_at=self.world.now)
        del self.firing[key]

    async def repost(self) -> None:
        if self.firing:
            await self.post(self.dice.choice(sorted(self.firing)))

    async def respond(self) -> None:
        engine = self.dice.choice(self.world.replicas)
        still_open = await engine.store.read(open_incidents)
        if not still_open:
            return
        number, person = self.dice.choice(still_open).number, self.dice.choice(PEOPLE)
        response = await engine.act(number, ActionName.ACK, verified_person(person, "link"))
        self.log(f"{person} acknowledges #{number}: {response.answer.value}")
        if response.answer is ActionOutcome.DONE:
            self.acked.setdefault(number, []).append((self.world.now, None))

    async def undo(self) -> None:
        engine = self.dice.choice(self.world.replicas)
        still_open = await engine.store.read(open_incidents)
        acknowledged = [one.number for one in still_open if one.ack]
        if acknowledged:
            number = self.dice.choice(acknowledged)
            self.log(f"the acknowledgement of #{number} is undone")
            await engine.act(number, ActionName.UNACK, verified_person("ben", "api"))

    async def vendor(self) -> None:
        channel = self.dice.choice(CHANNELS)
        if channel in self.world.faults:
            self.log(f"{channel} works again")
            self.world.mend(channel)
            return
        kind = self.dice.choice(("down", "too fast", "drops answers"))
        self.log(f"{channel}: {kind}")
        self.world.faults[channel] = {
            "down": lambda message, target: SendError(Failure.CONNECTION, "refused"),
            "too fast": lambda message, target: SendError(
                Failure.RATE_LIMITED, "too fast", retry_after=600.0
            ),
            "drops answers": self.drop,
        }[kind]

    def drop(self, message: Message, target: Target) -> SendError | None:
        """Deliver half of the messages although the answer is lost."""
        if self.dice.random() < 0.5:
            return None
        self.doubled.add(message.notice_id)
        return SendError(Failure.TIMEOUT, "no answer", perhaps=True)

    async def crash(self) -> None:
        engine = self.dice.choice(self.world.replicas)
        self.log("a replica is killed and another starts")
        await self.world.kill(engine)
        await self.world.start(f"replica-{self.dice.random()}")

    async def crash_while_sending(self) -> None:
        """Kill a replica after it claimed and sent, before it records that."""
        engine = self.dice.choice(self.world.replicas)
        before = len(self.world.delivered)
        await engine.dispatcher.dispatch_once()
        for sender in engine.senders.values():
            await sender.step()
            await sender.drain(record=False)
        sent = self.world.delivered[before:]
        self.doubled.update(one.notice for one in sent)
        self.log(f"a replica is killed while it sends {[one.notice for one in sent]}")
        for one in sent:
            self.note(one)
        await self.world.kill(engine)
        await self.world.start(f"replica-{self.dice.random()}")

    async def reload(self) -> None:
        number = self.dice.randrange(len(self.variants))
        self.reloads.append((self.world.now, number))
        self.log(f"routes are reloaded, variant {number}")
        head = ON_TICKS if self.world.routes.startswith(ON_TICKS) else ""
        self.world.routes = head + self.variants[number]
        for engine in self.world.replicas:
            assert await engine.reload() == ()

    async def silence(self) -> None:
        engine = self.dice.choice(self.world.replicas)
        name, severity = self.dice.choice(NAMES)
        matchers = self.dice.choice(
            (
                (Matcher("alertname", "=", name),),
                (Matcher("severity", "=", severity), Matcher("region", "=~", "eu|xx")),
            )
        )
        duration = self.dice.choice((10 * MINUTE, HOUR, 5 * HOUR))
        now = self.world.now
        silence = await engine.silences.put(
            SilenceRequest(matchers, now, now + duration, "ana", "maintenance")
        )
        self.silences[silence.id] = silence
        self.log(f"ana silences {', '.join(map(str, matchers))} for {duration:.0f} s")

    async def unsilence(self) -> None:
        active = [one for one in self.silences.values() if one.state(self.world.now) == "active"]
        if active:
            engine = self.dice.choice(self.world.replicas)
            expired = await engine.silences.expire(self.dice.choice(active).id)
            self.silences[expired.id] = expired
            self.log(f"the silence of {', '.join(map(str, expired.matchers))} is ended")

    async def join(self) -> None:
        if len(self.world.replicas) < 2 and not self.world.url.startswith("sqlite"):
            self.log("a second replica joins")
            await self.world.start(f"replica-{self.dice.random()}")
