"""One or more whole gateways in virtual time: real store, real decisions, fake channels.

Nothing runs by itself. `post` submits alerts; `advance` moves the clock from one due instant to the
next, and lets every replica do what it would do then. The fake channels record what they accept,
and fail as a test requires.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from gateway.channels.contract import Channel, accepts_notice
from gateway.config.load import Config, load
from gateway.core.actions.table import ActionName
from gateway.core.actor import verified_person
from gateway.core.alerts.reported_alert import ReportedAlert
from gateway.core.decide.result import ActionResult
from gateway.core.incidents.incident import Incident
from gateway.core.incidents.message import Message, Receipt
from gateway.core.incidents.notice import NoticeKind
from gateway.core.incidents.outbox import Notice
from gateway.core.incidents.retry import Claimant, SendError
from gateway.core.incidents.timeline import TimelineEntry
from gateway.core.plan.accounts import split_account_key
from gateway.core.plan.channels import Capability, spec_of
from gateway.core.plan.plan import Target
from gateway.flow.engine import Dependencies, Engine
from gateway.links import Links
from gateway.metrics import Metrics
from gateway.render.service import RenderService
from gateway.store import Store, outbox
from gateway.store.db.clocks import Clocks
from gateway.store.state import incidents, timeline
from gateway.virtual.engines import next_due, post, settle
from tests.new_database import provide_tables

START = 1_795_000_000.0  # 2026-11-18T11:06:40Z, a Wednesday
MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0

ROUTES = """
channels:
  email: {token: "${POSTMARK_TOKEN}", from: alerts@example.com}
  slack: {token: "${SLACK_TOKEN}", signing_secret: "${SLACK_SIGNING_SECRET}"}
severities:
  critical: {rank: 1, respond_within: 15m, group_wait: 0s, repeat_interval: 2h}
  warning: {rank: 2, respond_within: 1h, repeat_interval: 4h}
  info: {rank: 3, repeat_interval: 12h}
people:
  ana: {name: Ana, email: ana@example.com, slack: U0ANA}
  ben: {name: Ben, email: ben@example.com}
rotas:
  billing:
    timezone: Europe/Berlin
    layers: [{members: [ana], rotate: weekly, handover: "Mon 09:00", start: 2026-01-05}]
escalations:
  billing:
    - {notify: ["rota:billing"], by: [email], wait: 15m}
    - {notify: ["person:ben"]}
receivers:
  - name: billing
    email: [{to: billing-oncall@example.com}]
    slack: [{channel: "#billing-alerts"}]
    pagerduty: [{routing_key: "${PAGERDUTY_BILLING_KEY}"}]
    escalate: billing
    fallback: everyone
  - name: quiet
    slack: [{channel: "#billing-alerts"}]
  - name: everyone
    email: [{to: admin@example.com}]
route:
  receiver: everyone
  group_by: [alertname]
  routes:
    - {matchers: ['team="billing"', 'severity=~"critical|warning"'], receiver: billing}
    - {matchers: ['severity="info"'], receiver: quiet}
inhibit_rules:
  - {source_matchers: ['alertname="BillingDatabaseDown"'], target_matchers: ['severity="warning"'],
     equal: [team]}
"""
ENV = {
    "PAGERDUTY_BILLING_KEY": "test-pagerduty-key",
    "POSTMARK_TOKEN": "test-postmark-token",
    "SLACK_TOKEN": "test-slack-token",
    "SLACK_SIGNING_SECRET": "test-slack-signing-secret",
}


@dataclass(frozen=True, slots=True)
class Delivered:
    """One message that a channel accepted."""

    at: float
    channel: str
    to: str
    kind: str
    reason: str
    incident: int
    notice: int
    message: Message = field(repr=False, compare=False)


Failing = Callable[[Message, Target], SendError | None]


class FakeChannel:
    """A channel at the contract's seam."""

    def __init__(self, name: str, world: "World") -> None:
        self.name = name
        self.world = world
        self.in_flight = 4
        channel, _ = split_account_key(name)
        spec = spec_of(channel)
        # A webhook has no text: tests read what it would say.
        self.spec = replace(spec, parts=spec.parts or ("text",))

    def accepts(self, kind: NoticeKind, *, quiet: bool) -> bool:
        if self.spec.name == "pagerduty" and kind is NoticeKind.DIGEST:
            return False
        if self.spec.can(Capability.CALLS):
            return accepts_notice(self.spec, kind, quiet=quiet)
        return not quiet or self.spec.name == "slack"

    async def send(self, message: Message, target: Target, receipt: Receipt | None) -> Receipt:
        error = self.world.failing(self.name, message, target)
        if error is not None and not error.perhaps:
            raise error
        self.world.delivered.append(
            Delivered(
                self.world.now - START,
                self.name,
                target.key,
                message.kind.value,
                message.reason.value,
                message.incident,
                message.notice_id,
                message,
            )
        )
        if error is not None:
            raise error
        if self.name in self.world.printed:
            return {"printed": str(message.notice_id)}
        before = str((receipt or {}).get("id", ""))
        return {"id": str(message.notice_id), "before": before, **self.world.receipts}

    def problem(self) -> str:
        return self.world.troubles.get(self.name, "")

    async def close(self) -> None:
        return None


def shipped_words() -> RenderService:
    """Return the shipped templates; they are compiled once for all worlds."""
    return RenderService([], "http://gateway.example.com", trusted=True)


@lru_cache(maxsize=64)
def _loaded(routes: str, env: tuple[tuple[str, str], ...], now: float) -> Config:
    """Return the configuration, which never changes; loading it costs as much as a short test."""
    return load(routes, env=dict(env), now=now)


class World:
    """Replicas on one database, and their clock."""

    def __init__(self, url: str, routes: str = ROUTES, env: Mapping[str, str] = ENV) -> None:
        self.url = url
        self.routes = routes
        self.env = dict(env)
        self.now = START
        self.stepped = 0.0  # by how many seconds the machine's clock was set forward
        self.delivered: list[Delivered] = []
        self.faults: dict[str, Failing] = {}
        self.troubles: dict[str, str] = {}  # by channel: what is wrong with its threads
        self.spread: Callable[[], float] = lambda: 0.5
        self.receipts: dict[str, str] = {}  # what every receipt has besides
        self.printed: set[str] = set()  # channels that only print on the console
        self.replicas: list[Engine] = []
        self.rounds = 0
        self.returned = 0  # how many deliveries `advance` has returned

    def failing(self, channel: str, message: Message, target: Target) -> SendError | None:
        """What the vendor of `channel` does to this message."""
        fault = self.faults.get(channel)
        return fault(message, target) if fault else None

    def break_channel(self, channel: str, error: Callable[[], SendError]) -> None:
        """From now on every send of `channel` fails so."""
        self.faults[channel] = lambda message, target: error()

    def mend(self, channel: str) -> None:
        """It works again."""
        self.faults.pop(channel, None)

    def load(self) -> Config:
        return _loaded(self.routes, tuple(self.env.items()), self.now)

    def channels(self, config: Config) -> dict[str, Channel]:
        names = ("email", "slack", "pagerduty", "webhook", "console")
        declared = [settings.account_key for settings in config.channels.values()]
        return {key: FakeChannel(key, self) for key in dict.fromkeys((*names, *declared))}

    async def start(self, owner: str = "", ahead: float = 0.0) -> Engine:
        """Another replica joins, whose clock is said to be `ahead` of the database's."""

        def now() -> float:
            return self.now

        def unstepped() -> float:
            return self.now - self.stepped

        clocks = Clocks(now, unstepped, unstepped, lambda *readings: (ahead, 0.0))
        if self.url.startswith("sqlite"):
            assert not ahead, "only a server has a clock of its own"
            provide_tables(Path(self.url.removeprefix("sqlite:///")))
        store = Store(self.url, clocks=clocks)
        await store.start()
        engine = Engine(
            Dependencies(
                store=store,
                config=self.load(),
                load=self.load,
                channels=self.channels,
                renderer=shipped_words,
                links=Links("http://gateway.example.com", b"a key for tests only"),
                metrics=Metrics(),
                now=now,
                monotonic=unstepped,
                ahead=lambda: ahead,
                claimant=Claimant(owner or f"replica-{len(self.replicas) + 1}"),
                shared=not self.url.startswith("sqlite"),
                spread=lambda: self.spread(),
            )
        )
        await engine.in_force.adopt(engine.config.plan)
        engine.prepare()
        self.replicas.append(engine)
        return engine

    def step_clock(self, seconds: float) -> None:
        """The machine's clock is set forward; no time passes."""
        self.now += seconds
        self.stepped += seconds

    async def kill(self, engine: Engine) -> None:
        """Kill a replica: what it cached is lost."""
        self.replicas.remove(engine)
        await engine.store.close()

    async def close(self) -> None:
        for engine in list(self.replicas):
            await self.kill(engine)

    @property
    def engine(self) -> Engine:
        return self.replicas[0]

    # What happens from outside.

    async def post(
        self,
        *alerts: ReportedAlert,
        to: Engine | None = None,
        source: str = "alertmanager",
        truncated: int = 0,
    ) -> None:
        """A source reports alerts to one replica; returns when they were answered."""
        engine = to or self.engine
        await post(engine, alerts, source, truncated)

    async def ack(self, number: int, by: str = "ana") -> ActionResult:
        return await self.engine.act(number, ActionName.ACK, verified_person(by, "link"))

    async def advance(self, seconds: float) -> list[Delivered]:
        """Let time pass; returns what was delivered since it was called last."""
        end = self.now + seconds
        while True:
            await self.settle()
            upcoming = await self.upcoming()
            if upcoming is None or upcoming > end:
                break
            self.now = max(self.now, upcoming)
        self.now = end
        await self.settle()
        before, self.returned = self.returned, len(self.delivered)
        return self.delivered[before:]

    async def settle(self) -> None:
        """Everything that is due now is done, by all replicas in turn."""
        self.rounds += 1
        await settle(self.replicas)

    async def upcoming(self) -> float | None:
        """The next instant after now at which anything falls due."""
        return await next_due(self.replicas)

    # What tests can read.

    async def incident(self, number: int = 1001) -> Incident:
        incident = await self.engine.store.read(lambda tx: incidents.get(tx, number))
        assert incident is not None
        return incident

    async def timeline(self, number: int = 1001) -> list[TimelineEntry]:
        return await self.engine.store.read(lambda tx: timeline.entries(tx, number))

    async def dead(self) -> list[Notice]:
        return await self.engine.store.read(lambda tx: outbox.dead_notices(tx, 1000))


def alert(
    name: str = "DoubleChargeDetected",
    severity: str = "critical",
    *,
    starts_at: float | None = None,
    ends_at: float | None = None,
    annotations: Mapping[str, str] | None = None,
    expires: bool = False,
    **labels: str,
) -> ReportedAlert:
    """A billing alert as a source reports it."""
    words = {
        "summary": f"{name} happened",
        "runbook_url": "https://runbooks.example.com/billing",
    }
    return ReportedAlert(
        {"alertname": name, "severity": severity, "team": "billing", **labels},
        words if annotations is None else annotations,
        starts_at,
        ends_at,
        "http://prometheus.example.com/graph",
        expires,
    )


def brief(delivered: list[Delivered]) -> list[tuple[float, str, str]]:
    """When, where and why."""
    return [(round(d.at, 3), d.channel, d.reason) for d in delivered]


def to(delivered: list[Delivered], key: str) -> list[tuple[float, str, str]]:
    """When, as what and why one target was notified."""
    return [(round(d.at, 3), d.kind, d.reason) for d in delivered if d.to == key]
