"""Silences made, changed and ended; and a look at whoever they concern when they begin and end.

A silence is saved before it is answered. The incidents that it matches are made due then, at its
start and at its end, so that the end of a silence is told at once (E30). Should the process die
in between, nothing is lost: silenced incidents are due at their silence's end by themselves.
"""

import asyncio
import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import replace
from functools import partial
from typing import TypeVar
from uuid import uuid4

from gateway.core.alerts.alert import Alert
from gateway.core.incidents.silence import Silence, SilenceError, can_update, expired, validate
from gateway.core.matching.matcher import Matcher
from gateway.core.matching.text import write_matchers
from gateway.core.plan.plan import NOTHING
from gateway.core.time.timestamps import format_rfc3339
from gateway.flow.silences.silence_matches import SilenceMatches
from gateway.store import Store, Tx
from gateway.store.state import members, schedule, silences

log = logging.getLogger(__name__)

Made = TypeVar("Made")

POLL = 5.0
"""Seconds between looks at whether a silence began or ended."""

UNMATCHED_EVERY = 60.0
"""Seconds between looks at whether the alerts of silences that end with them still fire."""

SHOWN_AFTER_END = 120 * 3600.0
"""Seconds for which an ended silence is still listed, as Alertmanager's default retention."""

_ID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""Of a UUID as we write it. What is none need not be asked of the database, which may not even
take its characters."""


class SilenceNotFoundError(LookupError):
    """There is no silence of that id."""


class Silences:
    """What people and tools do with silences. Used from the event loop."""

    def __init__(
        self,
        store: Store,
        now: Callable[[], float],
        concerned: SilenceMatches,
        on_due: Callable[[float], None],
    ) -> None:
        """`on_due` is called with the instant at which incidents were made due."""
        self._store = store
        self._now = now
        self._matches = concerned
        self._on_due = on_due
        self._checked_at = now()
        self._unmatched_checked_at = self._listening_since = self._checked_at
        self._fresh: list[Silence] = []
        self._wake = asyncio.Event()

    async def put(
        self,
        matchers: Sequence[Matcher],
        starts_at: float,
        ends_at: float,
        created_by: str,
        comment: str,
        *,
        silence_id: str = "",
        annotations: Mapping[str, str] = NOTHING,
        gone_for: float | None = None,
    ) -> Silence:
        """Make a silence, or change the one of that id; returns it as it was saved.

        What cannot be changed in place ends, and a new one takes over under a new id, as in
        Alertmanager. A start in the past becomes now. Raises SilenceError for one that cannot be
        meant, SilenceNotFound for an unknown id, StoreUnavailableError.
        """
        now = self._now()
        wanted = Silence(
            silence_id,
            tuple(matchers),
            starts_at,
            ends_at,
            now,
            created_by,
            comment,
            annotations,
            gone_for,
        )
        validate(wanted)
        if silence_id and _ID.fullmatch(silence_id) is None:
            raise SilenceNotFoundError(silence_id)
        if ends_at <= now:
            raise SilenceError("it ends in the past", "endsAt")
        if ends_at == starts_at:
            raise SilenceError("it ends when it starts", "endsAt")
        saved, changed = await self._store.write(partial(_put, wanted=wanted, now=now))
        self._recheck(changed)
        log.info("silence made or changed", extra=_log_fields(saved))
        return saved

    async def expire(self, silence_id: str) -> Silence:
        """End a silence now. One that had ended stays as it is. Raises SilenceNotFound."""
        if _ID.fullmatch(silence_id) is None:
            raise SilenceNotFoundError(silence_id)
        saved, changed = await self._store.write(
            partial(_expire, silence_id=silence_id, now=self._now())
        )
        self._recheck(changed)
        if changed:
            log.info("silence ended", extra=_log_fields(saved))
        return saved

    async def get(self, silence_id: str) -> Silence | None:
        """The silence of that id, also after its end."""
        if _ID.fullmatch(silence_id) is None:
            return None
        return await self._store.read(partial(silences.get, silence_id=silence_id))

    async def listed(self, *, ended: bool = True) -> list[Silence]:
        """Silences by their ends; with `ended` those too that ended in the last 120 hours."""
        return await self.read_all(list, ended=ended)

    async def read_all(
        self, make: Callable[[Iterator[Silence]], Made], *, ended: bool = True
    ) -> Made:
        """What `make` makes of these; in a thread, for there may be thousands of them.

        They come one by one. Let each go when it is done with: what is held makes Python look for
        garbage among it again and again, which would take longer than all the rest.
        """
        since = self._now() - (SHOWN_AFTER_END if ended else 0.0)
        return await self._store.read(lambda tx: make(silences.iterate_ending_after(tx, since)))

    async def preview(self, matchers: Sequence[Matcher], limit: int) -> tuple[int, list[Alert]]:
        """How many alerts that fire now match, and the first `limit` of them."""
        count, shown = 0, list[Alert]()
        async for page in self._matches.by([matchers]):
            count += len(page)
            shown += page[: limit - len(shown)]
        return count, shown

    async def run(self, mark_healthy: Callable[[], None]) -> None:
        """Look at who is concerned whenever a silence is made, begins or ends."""
        while True:
            self._wake.clear()
            boundary = await self.check_once()
            mark_healthy()
            pause = POLL if boundary is None else min(POLL, max(0.0, boundary - self._now()))
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._wake.wait()

    async def check_once(self) -> float | None:
        """Make incidents due whose silences changed; returns when the next begins or ends."""
        now, before = self._now(), self._checked_at
        fresh, self._fresh = self._fresh, []
        try:
            # Not all that hold: there may be ten thousand, and this is asked every few seconds.
            turning, next_end = await self._store.read(
                lambda tx: (silences.changing(tx, before, now), silences.next_end(tx, now))
            )
            concerned = [one for one in turning if one.starts_at <= now]
            await self._make_due([*fresh, *concerned], now)
        except BaseException:
            self._fresh = fresh + self._fresh
            raise
        self._checked_at = now
        if now - self._unmatched_checked_at >= UNMATCHED_EVERY:
            self._unmatched_checked_at = now
            await self._expire_unmatched(now)
        edges = [one.starts_at for one in turning if one.starts_at > now]
        return min(edges if next_end is None else [*edges, next_end], default=None)

    def _recheck(self, changed: Sequence[Silence]) -> None:
        self._fresh += changed
        self._wake.set()

    async def _make_due(self, concerned: Sequence[Silence], now: float) -> None:
        if not concerned:
            return
        async for page in self._matches.by([one.matchers for one in concerned]):
            if page:
                found = [alert.identity for alert in page]
                await self._store.write(partial(_make_due, identities=found, now=now))
                self._on_due(now)

    async def _expire_unmatched(self, now: float) -> None:
        """End silences whose alerts have been gone for as long as they say."""
        waiting = await self._store.read(partial(silences.ending_when_resolved, now=now))
        seen = {one.id for one in waiting if await self._fires(one)}
        if seen:
            rows = [(silence_id, now) for silence_id in sorted(seen)]
            await self._store.write(partial(silences.mark_seen, rows=rows))
        for silence in waiting:
            # While nobody listened nobody could be seen: after a start sources get time to post.
            last = max(silence.seen_at, silence.starts_at, self._listening_since)
            gone_for = silence.gone_for or 0.0
            if silence.id not in seen and now - last >= gone_for:
                await self.expire(silence.id)

    async def _fires(self, silence: Silence) -> bool:
        """Whether an alert that it matches fires."""
        async with aclosing(self._matches.by([silence.matchers])) as pages:
            async for page in pages:
                if page:
                    return True
        return False


def _log_fields(silence: Silence) -> dict[str, str]:
    """What the log says of it: one that nothing has met yet stands in no timeline."""
    return {
        "silence": silence.id,
        "matchers": write_matchers(silence.matchers),
        "until": format_rfc3339(silence.ends_at),
        "by": silence.created_by,
        "why": silence.comment,
    }


def _put(tx: Tx, wanted: Silence, now: float) -> tuple[Silence, list[Silence]]:
    changed: list[Silence] = []
    old = silences.get(tx, wanted.id) if wanted.id else None
    if wanted.id and old is None:
        raise SilenceNotFoundError(wanted.id)
    if old is not None:
        changed.append(old)
        if can_update(old, wanted, now):
            start = old.starts_at if old.state(now) == "active" else wanted.starts_at
            saved = replace(wanted, starts_at=start, seen_at=old.seen_at)
            silences.save(tx, saved)
            return saved, [*changed, saved]
        if old.state(now) != "expired":
            silences.save(tx, expired(old, now))
    saved = replace(wanted, id=str(uuid4()), starts_at=max(wanted.starts_at, now))
    silences.save(tx, saved)
    return saved, [*changed, saved]


def _expire(tx: Tx, silence_id: str, now: float) -> tuple[Silence, list[Silence]]:
    old = silences.get(tx, silence_id)
    if old is None:
        raise SilenceNotFoundError(silence_id)
    if old.state(now) == "expired":
        return old, []
    ended = expired(old, now)
    silences.save(tx, ended)
    return ended, [ended]


def _make_due(tx: Tx, identities: Sequence[str], now: float) -> None:
    found = members.open_numbers_of(tx, identities)
    numbers = sorted({number for several in found.values() for number in several})
    schedule.move_due_earlier(tx, [(number, now) for number in numbers])
