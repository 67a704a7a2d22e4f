"""Silences: created, changed and ended, and their incidents evaluated when they begin and end.

A silence is stored before it is answered. The incidents that it matches are made due then, at its
start and at its end, so that they notify at once when it ends (E30). If the process dies in
between, nothing is lost: a silenced incident is due at the end of its silence anyway.
"""

import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeVar
from uuid import uuid4

from gateway.core.alerts.alert import Alert
from gateway.core.errors import GatewayError
from gateway.core.incidents.silence import Silence, SilenceError, can_update, expired, validate
from gateway.core.matching.matcher import Matcher
from gateway.core.matching.text import write_matchers
from gateway.core.plan.plan import NOTHING
from gateway.core.time.timestamps import format_rfc3339
from gateway.flow.silences.evaluation import SilenceEvaluator
from gateway.flow.silences.silence_matches import SilenceMatches
from gateway.store import Store, Tx
from gateway.store.state import silences

log = logging.getLogger(__name__)

Result = TypeVar("Result")

SHOWN_AFTER_END = 120 * 3600.0
"""Seconds for which an ended silence is still listed, as Alertmanager's default retention."""

_ID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""A UUID as the gateway writes it. Another id is not looked up, because the database may not even
accept its characters."""


@dataclass(frozen=True, slots=True)
class SilenceRequest:
    """A silence to create, or to change where `silence_id` is given. Times are unix seconds.

    `gone_for`: seconds without a matching alert after which it ends early; None: never.
    """

    matchers: Sequence[Matcher]
    starts_at: float
    ends_at: float
    created_by: str
    comment: str
    silence_id: str = ""
    annotations: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    gone_for: float | None = None


class SilenceNotFoundError(GatewayError, LookupError):
    """No silence has that id."""


class Silences:
    """Silences, as people and tools use them. Used from the event loop."""

    def __init__(
        self,
        store: Store,
        now: Callable[[], float],
        matches: SilenceMatches,
        on_due: Callable[[float], None],
    ) -> None:
        """`on_due` is called with the instant at which incidents were made due."""
        self._store = store
        self._now = now
        self._matches = matches
        self.evaluator = SilenceEvaluator(store, now, matches, on_due, self.expire)

    async def put(self, request: SilenceRequest) -> Silence:
        """Create a silence, or change the one with that id; return it as it was stored.

        As in Alertmanager, one that cannot be changed in place ends, and a new one with a new id
        replaces it. A start in the past becomes now. Raises SilenceError for an invalid silence,
        SilenceNotFoundError for an unknown id, and StoreUnavailableError.
        """
        now = self._now()
        requested = Silence(
            request.silence_id,
            tuple(request.matchers),
            request.starts_at,
            request.ends_at,
            now,
            request.created_by,
            request.comment,
            request.annotations,
            request.gone_for,
        )
        validate(requested)
        if requested.id and _ID.fullmatch(requested.id) is None:
            raise SilenceNotFoundError(requested.id)
        if requested.ends_at <= now:
            raise SilenceError("it ends in the past", "endsAt")
        if requested.ends_at == requested.starts_at:
            raise SilenceError("it ends when it starts", "endsAt")
        saved, changed = await self._store.write(partial(_put, requested=requested, now=now))
        self.evaluator.evaluate(changed)
        log.info("silence made or changed", extra=_log_fields(saved))
        return saved

    async def expire(self, silence_id: str) -> Silence:
        """End a silence now, unless it has ended. Raises SilenceNotFoundError."""
        if _ID.fullmatch(silence_id) is None:
            raise SilenceNotFoundError(silence_id)
        saved, changed = await self._store.write(
            partial(_expire, silence_id=silence_id, now=self._now())
        )
        self.evaluator.evaluate(changed)
        if changed:
            log.info("silence ended", extra=_log_fields(saved))
        return saved

    async def get(self, silence_id: str) -> Silence | None:
        """Return the silence with that id, also after its end."""
        if _ID.fullmatch(silence_id) is None:
            return None
        return await self._store.read(partial(silences.get, silence_id=silence_id))

    async def listed(self, *, ended: bool = True) -> list[Silence]:
        """Return the silences by their ends; with `ended` also those of the last 120 hours."""
        return await self.read_all(list, ended=ended)

    async def read_all(
        self, convert: Callable[[Iterator[Silence]], Result], *, ended: bool = True
    ) -> Result:
        """Return what `convert` returns for the silences that `listed` returns.

        `convert` runs in a reader's thread, because there may be thousands of silences. It should
        not keep them: Python searches kept objects for garbage again and again, which takes longer
        than everything else.
        """
        since = self._now() - (SHOWN_AFTER_END if ended else 0.0)
        return await self._store.read(lambda tx: convert(silences.iterate_ending_after(tx, since)))

    async def preview(self, matchers: Sequence[Matcher], limit: int) -> tuple[int, list[Alert]]:
        """Return how many firing alerts match, and the first `limit` of them, the oldest first."""
        count, shown = 0, list[Alert]()
        async for page in self._matches.pages([matchers]):
            count += len(page)
            shown = sorted([*shown, *page], key=lambda one: (one.starts_at, one.identity))[:limit]
        return count, shown


def _log_fields(silence: Silence) -> dict[str, str]:
    """Return what the log says of a silence, which may be in no timeline yet."""
    return {
        "silence": silence.id,
        "matchers": write_matchers(silence.matchers),
        "until": format_rfc3339(silence.ends_at),
        "by": silence.created_by,
        "why": silence.comment,
    }


def _put(tx: Tx, requested: Silence, now: float) -> tuple[Silence, list[Silence]]:
    changed: list[Silence] = []
    old = silences.get(tx, requested.id) if requested.id else None
    if requested.id and old is None:
        raise SilenceNotFoundError(requested.id)
    if old is not None:
        changed.append(old)
        if can_update(old, requested, now):
            start = old.starts_at if old.state(now) == "active" else requested.starts_at
            saved = replace(requested, starts_at=start, seen_at=old.seen_at)
            silences.save(tx, saved)
            return saved, [*changed, saved]
        if old.state(now) != "expired":
            silences.save(tx, expired(old, now))
    saved = replace(requested, id=str(uuid4()), starts_at=max(requested.starts_at, now))
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
