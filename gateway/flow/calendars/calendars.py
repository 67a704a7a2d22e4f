"""The calendars of a running gateway, read in the background by one replica at a time."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from gateway.calendars.process import read_apart
from gateway.config.load import Config
from gateway.core.alerts.own_alerts import CALENDAR_FAILING, ActiveCondition
from gateway.core.oncall.calendar_events import UnknownName
from gateway.core.plan.calendars import CalendarKey, calendars_of
from gateway.core.plan.plan import Plan
from gateway.flow.calendars.fetch import client_for
from gateway.flow.calendars.part import CalendarsPart, store_key
from gateway.flow.calendars.reading import ReadApart, Reader, events_of, read_again
from gateway.flow.oncall.plan_in_force import PlanInForce
from gateway.flow.runtime.health import Health
from gateway.store import Store, Tx
from gateway.store.state import calendars as state
from gateway.store.state import plan_version
from gateway.store.state.calendars import StoredCalendar

log = logging.getLogger(__name__)

POLL = 5.0
"""Seconds between two checks for calendars that are due."""

LEASE = 120.0
"""Seconds for which a calendar is read by one replica alone. Another one tries after that."""

LASTS = 1800.0
"""Seconds of failures after which /readyz lists a calendar. Most last a few minutes."""

FORGET = 30 * 86400.0
"""Seconds for which the copy of a calendar is kept that routes.yaml no longer names."""

PRUNE_EVERY = 3600.0
"""Seconds between two deletions of such copies."""

AT_ONCE = 2
"""Calendars that a replica reads at the same time. Each takes a process."""


_COMPONENT = "calendar "
"""Beginning of the names of calendars in /readyz."""


@dataclass(frozen=True, slots=True)
class CalendarState:
    """How a calendar is doing; `stored` is None until it was tried.

    `unknown` are its events that name nobody, `problems` what was wrong with others.
    """

    key: CalendarKey
    stored: StoredCalendar | None
    unknown: Sequence[UnknownName]
    events: int
    problems: Sequence[str]


class Calendars:
    """Reads the calendars of the configuration. Used from the event loop."""

    def __init__(
        self,
        store: Store,
        config: Callable[[], Config],
        now: Callable[[], float],
        in_force: PlanInForce,
        part: CalendarsPart,
    ) -> None:
        self._store = store
        self._config = config
        self._now = now
        self._in_force = in_force
        self._part = part
        self._stored: Mapping[CalendarKey, StoredCalendar] = {}
        self._pruned_at = 0.0
        self.read_apart: ReadApart = read_apart

    async def run(self, mark_healthy: Callable[[], None]) -> None:
        """Read the calendars that are due until cancelled."""
        while True:
            await self.round()
            mark_healthy()
            await asyncio.sleep(POLL)

    async def round(self) -> None:
        """Read the calendars that are due now."""
        config, now = self._config(), self._now()
        keys = {store_key(config, key): key for key in calendars_of(config.plan)}
        if not keys:
            self._stored = {}
            return
        waiting = await self._store.read(partial(state.next_readings, keys=list(keys)))
        due = {one: keys[one] for one in keys if waiting.get(one, 0.0) <= now}
        if due:
            await self._read_due(config, due, now)
        stored = await self._store.read(partial(state.read, keys=list(keys)))
        self._stored = {keys[one]: calendar for one, calendar in stored.items()}
        if now - self._pruned_at > PRUNE_EVERY:
            self._pruned_at = now
            await self._store.write(partial(state.prune, before=now - FORGET))

    async def confirm(self, address: str) -> bool:
        """Believe at once what a calendar has lost. False if it has lost nothing."""
        config = self._config()
        keys = [
            store_key(config, key) for key in calendars_of(config.plan) if key.address == address
        ]
        confirmed = await self._store.write(lambda tx: [state.confirm(tx, key) for key in keys])
        return any(confirmed)

    def states(self) -> list[CalendarState]:
        """Return how each calendar is doing, in the order of routes.yaml."""
        return [self._state(key) for key in calendars_of(self._config().plan)]

    def health(self) -> list[Health]:
        """Return the health of each calendar. One that fails for a short time is healthy."""
        keys = calendars_of(self._config().plan)
        return [self._health(key, self._stored.get(key)) for key in keys]

    def conditions(self, tx: Tx, plan: Plan, now: float) -> Sequence[ActiveCondition]:
        """Return the gateway's own alert for each calendar that is not healthy."""
        broken = {one.component: one.text for one in self.health() if not one.ok}
        return [
            ActiveCondition(
                CALENDAR_FAILING,
                {"calendar": name.removeprefix(_COMPONENT)},
                {"problems": error_text},
            )
            for name, error_text in broken.items()
        ]

    def _state(self, key: CalendarKey) -> CalendarState:
        stored = self._stored.get(key)
        read = events_of(stored or StoredCalendar(""))
        unknown = self._part.unknown.get(key, ())
        return CalendarState(key, stored, unknown, len(read.events), read.problems)

    def _health(self, key: CalendarKey, stored: StoredCalendar | None) -> Health:
        name = f"{_COMPONENT}{key.address}"
        if stored is None or not stored.error:
            return Health(name, ok=True)
        since = self._now() - (stored.failing_since or self._now())
        if stored.read_at and stored.lost_since is None and since < LASTS:
            return Health(name, ok=True)
        public = "it lost its events" if stored.lost_since else "it cannot be read"
        return Health(name, stored.error, public, ok=False)

    async def _read_due(self, config: Config, keys: Mapping[str, CalendarKey], now: float) -> None:
        claimed = await self._store.write(
            partial(state.claim, keys=list(keys), now=now, until=now + LEASE)
        )
        client = client_for(config.calendars)
        reader = Reader(client, config.calendars, self.read_apart)
        slots = asyncio.Semaphore(AT_ONCE)

        async def read_one(stored: StoredCalendar) -> None:
            async with slots:
                read = await read_again(reader, keys[stored.key], stored, now)
            _log_change(keys[stored.key], stored, read)
            await self._store.write(partial(_save, before=stored, after=read))

        try:
            await asyncio.gather(*map(read_one, claimed))
        finally:
            await client.close()
        await self._in_force.check_once()


def _save(tx: Tx, before: StoredCalendar, after: StoredCalendar) -> None:
    state.save(tx, after)
    if after.version != before.version:
        plan_version.advance(tx)


def _log_change(key: CalendarKey, before: StoredCalendar, after: StoredCalendar) -> None:
    if after.error and after.error != before.error:
        log.warning("calendar %s: %s", key.address, after.error)
    elif before.error and not after.error:
        log.info("calendar %s is read again", key.address)
