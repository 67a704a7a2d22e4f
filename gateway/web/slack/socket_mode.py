"""Requests of Slack by Socket Mode, for accounts with an `app_token`.

They come to the same handlers as those by HTTP. Slack sends each to one of an app's connections, so
every replica may have one.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from gateway.channels.slack.socket_mode import Receive, SocketConnection
from gateway.core.incidents.retry import SendError
from gateway.core.plan.accounts import ChannelSettings
from gateway.core.plan.channels import SLACK
from gateway.flow.engine import Engine
from gateway.flow.runtime.health import Health
from gateway.web.slack.handlers import SlackRequests

log = logging.getLogger(__name__)

CHECK_EVERY = 2.0
"""Seconds between two checks of each connection and of the accounts in routes.yaml."""

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds before a connection is opened again after a failure; doubled each time."""

GIVEN_UP_AFTER = 30.0
"""Seconds without a connection after which it is opened anew, with its token checked."""

CLOSE_WITHIN = 5.0
"""Seconds in which a connection must close. Longer: a silent peer delays a stop."""

REMEMBERED = 1000
"""Envelopes that are not acted upon a second time."""


class Connection(Protocol):
    """A connection; `SocketConnection` is the real one."""

    @property
    def connected(self) -> bool:
        """Return whether it is up."""

    async def open(self) -> None:
        """Connect. Raises SendError."""

    async def close(self) -> None:
        """Disconnect."""


Connect = Callable[[ChannelSettings, Receive], Connection]


@dataclass(slots=True)
class _Stored:
    """An account's connection: the settings that it was opened with, and what is wrong."""

    settings: ChannelSettings
    task: asyncio.Task[None]
    problem: str = "not connected yet"


class SocketMode:
    """Keeps a connection for each account with an `app_token`."""

    def __init__(
        self, engine: Engine, requests: SlackRequests, connect: Connect | None = None
    ) -> None:
        self._engine = engine
        self._requests = requests
        self._connect = connect or _connect
        self._stored: dict[str, _Stored] = {}
        self._known: deque[str] = deque(maxlen=REMEMBERED)

    async def run(self) -> None:
        """Keep the connections of the accounts in force, until cancelled."""
        try:
            while True:
                await self.check_once()
                await asyncio.sleep(CHECK_EVERY)
        finally:
            await self._end(list(self._stored))

    async def check_once(self) -> None:
        """Open what is new or changed in routes.yaml, and close what is gone."""
        expected = {
            one.name: one
            for one in self._engine.config.channels.values()
            if one.type == SLACK.name and (token := one.secrets.get("app_token")) and token.reveal()
        }
        await self._end(
            [name for name, one in self._stored.items() if expected.get(name) != one.settings]
        )
        for name, settings in expected.items():
            if name not in self._stored:
                task = asyncio.get_running_loop().create_task(self._keep(name, settings))
                self._stored[name] = _Stored(settings, task)

    def health(self) -> list[Health]:
        """Return the state of each connection, for /readyz."""
        return [
            Health(f"Slack Socket Mode ({name})", one.problem, ok=not one.problem)
            for name, one in self._stored.items()
        ]

    async def receive(
        self, account: str, kind: str, envelope: str, payload: Mapping[str, Any]
    ) -> Mapping[str, Any] | None:
        """Handle an envelope; return what it is acknowledged with, None to get it again."""
        if envelope in self._known:
            return {}
        answer: Mapping[str, Any] | None = {}
        if kind == "interactive":
            await self._requests.act(account, payload)
        elif kind == "slash_commands":
            answer = await self._requests.command(account, payload)
        elif kind == "events_api" and not await self._requests.event(account, payload):
            return None
        self._known.append(envelope)
        return answer

    async def _keep(self, name: str, settings: ChannelSettings) -> None:
        pause = FIRST_PAUSE
        while True:
            connection = self._connect(settings, partial(self.receive, name))
            try:
                await connection.open()
                pause = FIRST_PAUSE
                log.info("Slack: connected by Socket Mode", extra={"account": name})
                await self._watch(name, connection)
            except SendError as error:
                self._note(name, str(error))
            except Exception:  # an error that the library lets through must not end Socket Mode
                log.exception("Slack: Socket Mode failed", extra={"account": name})
                self._note(name, "the connection failed, see the log")
            finally:
                await _close(name, connection)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _watch(self, name: str, connection: Connection) -> None:
        """Return when a connection has been down for GIVEN_UP_AFTER seconds."""
        down = 0.0
        while down < GIVEN_UP_AFTER:
            down = 0.0 if connection.connected else down + CHECK_EVERY
            self._note(name, "" if connection.connected else "the connection is lost")
            await asyncio.sleep(CHECK_EVERY)

    def _note(self, name: str, problem: str) -> None:
        stored = self._stored.get(name)
        if stored is None:
            return
        if problem and problem != stored.problem:
            log.warning("Slack: no requests by Socket Mode: %s", problem, extra={"account": name})
        stored.problem = problem
        self._engine.metrics.set_socket_mode(name, connected=not problem)

    async def _end(self, names: list[str]) -> None:
        for name in names:
            stored = self._stored.pop(name)
            stored.task.cancel()
            await asyncio.gather(stored.task, return_exceptions=True)
            self._engine.metrics.forget_socket_mode(name)


def _connect(settings: ChannelSettings, receive: Receive) -> Connection:
    api_url, proxy = settings.options.get("api_url"), settings.secrets.get("proxy")
    token = settings.secrets["app_token"]
    if api_url:
        return SocketConnection(token, receive, api_url=api_url, proxy=proxy)
    return SocketConnection(token, receive, proxy=proxy)


async def _close(name: str, connection: Connection) -> None:
    """Close a connection; one that does not close in time is left to its peer."""
    try:
        async with asyncio.timeout(CLOSE_WITHIN):
            await connection.close()
    except Exception as error:
        log.warning(
            "Slack: the connection of Socket Mode was not closed: %s",
            type(error).__name__,
            extra={"account": name},
        )
