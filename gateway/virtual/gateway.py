"""One gateway in virtual time, with everything but its surroundings real."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from gateway.channels.contract import Channel
from gateway.config.load import Config
from gateway.core.alerts.reported_alert import ReportedAlert
from gateway.core.incidents.message import Message
from gateway.core.incidents.retry import Claimant, SendError
from gateway.core.plan.accounts import account_key
from gateway.core.plan.channels import CHANNELS
from gateway.core.plan.plan import Target
from gateway.flow.engine import Dependencies, Engine
from gateway.links import Links
from gateway.metrics import Metrics
from gateway.render.service import RenderService
from gateway.store.db.clocks import Clocks
from gateway.store.memory import MemoryStore
from gateway.virtual.engines import next_due, post, settle
from gateway.virtual.recorder import Delivery, RecordingChannel

EXTERNAL_URL = "http://gateway.example.com"
_KEY = b"a key that signs nothing outside of virtual time"
_MIDDLE = 0.5  # of the range over which retries are spread


class VirtualGateway:
    """A gateway whose clock stands still between calls.

    Its messages are recorded in `deliveries`, oldest first. `failures` are accounts whose attempts
    fail, by account name. With `rendered` messages have their text, from the folders of
    `templates` and then the shipped ones.
    """

    def __init__(
        self, config: Config, now: float, templates: Sequence[Path] = (), *, rendered: bool = True
    ) -> None:
        self.now = now
        self.deliveries: list[Delivery] = []
        self.failures: dict[str, Callable[[], SendError]] = {}
        self._config = config
        self._rendered = rendered
        self._store = MemoryStore(Clocks(self._now, self._now, self._now))
        self.engine = Engine(
            Dependencies(
                store=self._store,
                config=config,
                load=lambda: self._config,
                channels=self._channels,
                renderer=partial(RenderService, templates, EXTERNAL_URL)
                if rendered
                else partial(RenderService, (), EXTERNAL_URL, trusted=True),
                links=Links(EXTERNAL_URL, _KEY),
                metrics=Metrics(),
                now=self._now,
                monotonic=self._now,
                claimant=Claimant("virtual"),
                spread=lambda: _MIDDLE,
            )
        )

    async def start(self) -> None:
        """Open the database and build the channels."""
        await self._store.start()
        await self.engine.in_force.adopt(self.engine.config.plan)
        self.engine.prepare()
        await settle([self.engine])

    async def close(self) -> None:
        """Forget everything."""
        await self._store.close()

    async def advance_to(self, instant: float) -> None:
        """Let time pass until an instant (Unix seconds), with everything that falls due by then.

        What happened since the last call must have come to rest.
        """
        engines = [self.engine]
        while (upcoming := await next_due(engines)) is not None and upcoming <= instant:
            self.now = upcoming
            await settle(engines)
        self.now = instant

    async def rest(self) -> None:
        """Do everything that is due now."""
        await settle([self.engine])

    async def post(self, alerts: Sequence[ReportedAlert], source: str = "alertmanager") -> None:
        """Report alerts; return when they are saved."""
        await post(self.engine, alerts, source)

    async def reload(self, config: Config) -> None:
        """Use another configuration from now on."""
        self._config = config
        await self.engine.reload()

    def _now(self) -> float:
        return self.now

    def _channels(self, config: Config) -> Mapping[str, Channel]:
        declared = [settings.account_key for settings in config.channels.values()]
        types = {settings.type for settings in config.channels.values()}
        undeclared = [account_key(name, name) for name in CHANNELS if name not in types]
        keys = (*declared, *undeclared)
        return {
            key: RecordingChannel(
                key,
                self._now,
                self.deliveries.append,
                self._failing,
                rendered=self._rendered,
            )
            for key in keys
        }

    def _failing(self, message: Message, target: Target) -> SendError | None:
        failure = self.failures.get(target.account)
        return failure() if failure is not None else None
