"""The plan in force: the configuration's plan, and what the database adds to it at run time.

What is added is made of **parts**, such as the changes of rotas. All parts are read in one read
transaction and counted by one version (`gateway.store.state.plan_version`), so a plan never mixes
two states, and a replica compares a single number to notice what another one stored.

To add a part, write a class with the three methods of `PlanPart`, call `plan_version.advance`
wherever its rows are written, and put it into the list in `Engine`. A later part sees the plan
that the earlier ones return.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from gateway.core.errors import GatewayError
from gateway.core.plan.plan import Plan
from gateway.store import Store, StoreUnavailableError, Tx
from gateway.store.state import plan_version

log = logging.getLogger(__name__)

POLL_SHARED = 0.4
"""Seconds between two reads of the version where other replicas write too. A change must be in
force everywhere within a second; lower costs more queries."""

POLL_ALONE = 30.0
"""The same where this is the only process: its own changes are in force at once, so this only
bounds how long a database that was restored under it goes unnoticed."""

ATTEMPTS = 20
"""Decisions about one change before it is given up: each fails only if another change was stored
meanwhile."""

S = TypeVar("S")
T = TypeVar("T")
R = TypeVar("R")


class PlanPart(Protocol):
    """One kind of stored things that the plan in force depends on."""

    def read(self, tx: Tx, now: float) -> Any:
        """Return what is stored, an immutable value. It may be called in a reader's thread."""

    def apply(self, plan: Plan, stored: Any) -> Plan:
        """Return the plan with what is stored. Pure and quick: it runs in the event loop."""

    def adopt(self, tx: Tx, before: Plan | None, after: Plan, now: float) -> Sequence[str]:
        """Store what follows when a configuration comes into force; return what to report.

        `before` is the plan that was in force, None when the gateway starts. `after` is the new
        configuration's plan, with nothing added. It may run again for the same configuration.
        """


class ConcurrentChangesError(GatewayError):
    """Other changes were stored each time while this one was decided."""


class _OutdatedError(GatewayError):
    """The decision was made by a plan that is not in force any more."""


@dataclass(frozen=True, slots=True)
class _Stored:
    """What all parts had stored at one version."""

    version: int
    values: tuple[Any, ...]


class PlanInForce:
    """Holds the plan in force, and keeps it equal to the database. Used from the event loop."""

    def __init__(
        self,
        store: Store,
        configured: Plan,
        parts: Sequence[PlanPart],
        now: Callable[[], float],
        changed: Callable[[], None],
        *,
        shared: bool,
    ) -> None:
        """Take the parts in the order in which they apply; `changed` is called after each change.

        `shared`: other replicas use the same database.
        """
        self._store = store
        self._configured = configured
        self._parts = tuple(parts)
        self._now = now
        self._changed = changed
        self._poll = POLL_SHARED if shared else POLL_ALONE
        self._stored: _Stored | None = None
        self._epoch = 0
        self._adopted = False
        self._adopting = asyncio.Lock()
        self.plan = configured

    @property
    def version(self) -> int | None:
        """The version of what is stored that the plan contains; None before it was read."""
        return None if self._stored is None else self._stored.version

    async def adopt(self, configured: Plan) -> tuple[str, ...]:
        """Put a configuration's plan in force; return what to report about what is stored.

        Without the database the plan is in force with what was read last, and the rest follows
        when the database is back.
        """
        async with self._adopting:
            before = self.plan if self._stored is not None else None
            try:
                reports = await self._store.write(
                    lambda tx: self._adopt(tx, before, configured, self._now())
                )
            except StoreUnavailableError:
                self._configured, self._adopted = configured, False
                self._install()
                return ()
            self._configured, self._adopted = configured, True
            await self._refresh()
            for report in reports:
                log.warning("%s", report)
            return reports

    async def change(
        self,
        read: Callable[[Tx], S],
        decide: Callable[[Plan, S], T],
        save: Callable[[Tx, T], R],
    ) -> R:
        """Decide by the plan in force, store that, and return when it is in force here.

        `read` returns what is stored and not in the plan. `decide` is pure and runs in a thread of
        its own, because it may read years of shifts and all writes would wait for it. If something
        else was stored meanwhile all are called again. What they raise is raised here. Raises
        ConcurrentChangesError if that goes on and on.
        """
        for _ in range(ATTEMPTS):
            with suppress(_OutdatedError):
                result = await self._decide_and_save(read, decide, save)
                await self._refresh()
                return result
            await self._refresh()
        raise ConcurrentChangesError("other changes were made at the same time; try again")

    async def run(self, mark_healthy: Callable[[], None]) -> None:
        """Take over until cancelled what other replicas store."""
        while True:
            await self.check_once()
            mark_healthy()
            await asyncio.sleep(self._poll)

    async def check_once(self) -> None:
        """Read what is stored if it has changed; adopt a configuration that is not adopted yet."""
        if not self._adopted:
            await self.adopt(self._configured)
            return
        version = await self._store.read(plan_version.read)
        epoch = self._store.epoch
        if self._stored is None or version != self._stored.version or epoch != self._epoch:
            self._epoch = epoch
            await self._refresh()

    async def _decide_and_save(
        self,
        read: Callable[[Tx], S],
        decide: Callable[[Plan, S], T],
        save: Callable[[Tx, T], R],
    ) -> R:
        plan, stored = self.plan, self._stored
        version, facts = await self._store.read(lambda tx: (plan_version.read(tx), read(tx)))
        if stored is None or version != stored.version:
            raise _OutdatedError("another change was stored meanwhile")
        decision = await asyncio.to_thread(decide, plan, facts)

        def work(tx: Tx) -> R:
            if plan_version.read(tx) != version or self.plan is not plan:
                raise _OutdatedError("another change was stored meanwhile")
            return save(tx, decision)

        return await self._store.write(work)

    async def _refresh(self) -> None:
        now = self._now()
        stored = await self._store.read(lambda tx: self._read(tx, now))
        # Of two reads at once the older one may end last.
        is_older = self._stored is not None and stored.version < self._stored.version
        if not is_older or self._store.epoch != self._epoch:
            self._stored = stored
        self._epoch = self._store.epoch
        self._install()

    def _read(self, tx: Tx, now: float) -> _Stored:
        values = tuple(part.read(tx, now) for part in self._parts)
        return _Stored(plan_version.read(tx), values)

    def _adopt(self, tx: Tx, before: Plan | None, after: Plan, now: float) -> tuple[str, ...]:
        return tuple(
            report for part in self._parts for report in part.adopt(tx, before, after, now)
        )

    def _install(self) -> None:
        plan = self._configured
        if self._stored is not None:
            for part, stored in zip(self._parts, self._stored.values, strict=True):
                plan = part.apply(plan, stored)
        self.plan = plan
        self._changed()
