"""Bodies of alerts, parsed and submitted to intake: small ones at once, large ones in pieces.

Each step of a large body takes a few milliseconds, and only one large body makes a step at a time.
So a hundred large bodies slow down each other, but nothing else.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeVar

from gateway.core.alerts.labels import identity
from gateway.core.alerts.reported_alert import ReportedAlert
from gateway.core.plan.accounts import SourceSettings
from gateway.core.plan.source_types import SOURCE_SPECS
from gateway.flow.engine import Engine
from gateway.flow.intake.intake import OverloadedError
from gateway.store import StoreUnavailableError
from gateway.web.ingest.sources import ALERTS_KEY
from gateway.web.ingest.sources.parse import parse_post
from gateway.web.ingest.sources.parsed import BadAlert, BodyError, Parsed, Post
from gateway.web.ingest.sources.repost import RawPost, parse_raw_post
from gateway.web.ingest.split.pieces import LARGEST_ALERT, WINDOW, Piece
from gateway.web.ingest.split.scanner import BodySplitter

T = TypeVar("T")

_END = object()
"""What `next` returns after the last step of an iterator of None."""

MOST_FAULTS = 100
"""Faults listed in one answer; its error text counts all of them."""

LARGEST_ABSORBED = 4 * WINDOW
"""Bytes of a body up to which it may be absorbed whole, before it is cut into pieces."""

PENDING_SAVES = 8
"""Pieces of all large bodies that wait for the database. With more, a small post such as a critical
alert's waits longer behind them; with fewer, fewer pieces share a transaction."""

ALWAYS_ALLOWED_ALERTS = 100_000
BYTES_PER_ALERT = 160
"""A request may hold one alert for so many bytes of its source's max_bytes, but at least
ALWAYS_ALLOWED_ALERTS: 209,715 by default. Each firing alert then takes some 300 bytes of memory."""


@dataclass(slots=True)
class IngestOutcome:
    """The result for the alerts of a body. Only the first faults and repairs are listed."""

    accepted: int = 0
    refused: int = 0
    truncated: int = 0
    note: str = ""
    malformed: bool = False
    faults: list[BadAlert] = field(default_factory=list)
    repairs: list[BadAlert] = field(default_factory=list)

    def add(self, parsed: Parsed, first: int = 0) -> None:
        """Add a parsed part of the body; `first` is the index of its first alert."""
        self.accepted += len(parsed.alerts)
        self.malformed |= parsed.malformed
        self.refuse(parsed.bad, len(parsed.bad), first)
        self.list_repairs(parsed.repaired, first)

    def refuse(self, faults: Sequence[BadAlert], count: int, first: int = 0) -> None:
        """Count refused alerts, and list their faults."""
        self.refused += count
        self.faults += _shifted(faults[: MOST_FAULTS - len(self.faults)], first)

    def list_repairs(self, repairs: Sequence[BadAlert], first: int = 0) -> None:
        """List alerts that were stored with changes."""
        self.repairs += _shifted(repairs[: MOST_FAULTS - len(self.repairs)], first)

    @property
    def detail(self) -> list[dict[str, object]]:
        """Return the faults and repairs that the answer lists."""
        return [one.to_json() for one in (*self.faults, *self.repairs)[:MOST_FAULTS]]


def max_alerts(max_bytes: int) -> int:
    """Return how many alerts a request may hold if its body may have `max_bytes`."""
    return max(ALWAYS_ALLOWED_ALERTS, max_bytes // BYTES_PER_ALERT)


class BodyIntake:
    """Parse bodies and submit their alerts to one engine. Event loop only."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._step_lock = asyncio.Lock()
        self._pending_saves = asyncio.Semaphore(PENDING_SAVES)

    async def take(self, post: Post) -> IngestOutcome:
        """Submit the alerts of a post to intake; they are on disk when this returns.

        Raise BodyError if no alert was accepted. Raise StoreUnavailableError or OverloadedError if
        some alerts may be stored; the sender posts all of them again.
        """
        size, resends = len(post.body), _has_raw_posts(post.source)
        if size > WINDOW and not SOURCE_SPECS[post.source.type].lists_alerts:
            return await self._store_whole(post, await asyncio.to_thread(parse_post, post))
        if size <= WINDOW or (size <= LARGEST_ABSORBED and resends):
            raw_post = parse_raw_post(post.body) if resends else None
            if raw_post is not None and self._engine.absorb_raw(post.source.name, raw_post):
                return IngestOutcome(accepted=len(raw_post))
            if size <= WINDOW:
                return await self._store_whole(post, parse_post(post), raw_post)
        return await self._take_in_pieces(post)

    async def _store_whole(
        self, post: Post, parsed: Parsed, raw_post: RawPost | None = None
    ) -> IngestOutcome:
        flawed = bool(parsed.bad or parsed.repaired)
        if flawed:
            raw_post = None
        if parsed.related:
            await self._apply_related(post, parsed)
        if parsed.changes:
            await self._engine.system_changes.store(parsed.changes)
            return IngestOutcome(len(parsed.changes))
        if parsed.alerts:
            await self._engine.submit(post.source.name, parsed.alerts, parsed.truncated, raw_post)
        if not flawed:
            return IngestOutcome(len(parsed.alerts), 0, parsed.truncated, parsed.note)
        outcome = IngestOutcome(truncated=parsed.truncated, note=parsed.note)
        outcome.add(parsed)
        return outcome

    async def _apply_related(self, post: Post, parsed: Parsed) -> None:
        """Add the ends of alerts that end with the post, and drop what fires already."""
        firing = await self._engine.source_posts.firing(post.source.name)
        reported = {identity(alert.labels) for alert in parsed.alerts}
        for related in parsed.related:
            alike = [one for one in firing if one.labels.get(related.label) == related.value]
            if related.end:
                ended = [one for one in alike if identity(one.labels) not in reported]
                parsed.alerts += [replace(one, ends_at=post.now) for one in ended]
            elif alike:
                parsed.alerts = [
                    one for one in parsed.alerts if one.labels.get(related.label) != related.value
                ]
                parsed.ignored = "an alert of it fires already"
        if not (parsed.alerts or parsed.ignored):
            parsed.ignored = "none of its alerts fires"

    async def _take_in_pieces(self, post: Post) -> IngestOutcome:
        source = post.source
        split = BodySplitter(post.body, ALERTS_KEY[source.type], max_alerts(source.max_bytes))
        find_pieces = split.find_pieces()
        while await self._run_step(partial(next, find_pieces, _END)) is not _END:
            pass
        envelope = parse_post(replace(post, body=split.envelope))
        outcome = IngestOutcome(
            truncated=envelope.truncated, note=envelope.note, malformed=envelope.malformed
        )

        async def save(alerts: Sequence[ReportedAlert], raw_post: RawPost | None) -> None:
            try:
                await self._engine.submit(source.name, alerts, outcome.truncated, raw_post)
            finally:
                self._pending_saves.release()

        try:
            async with asyncio.TaskGroup() as saving:
                for piece in split.pieces:
                    read = partial(self._read_piece, post, split, piece, outcome)
                    alerts, raw_post = await self._run_step(read)
                    if alerts:
                        await self._pending_saves.acquire()
                        saving.create_task(save(alerts, raw_post))
        except* (StoreUnavailableError, OverloadedError) as several:
            raise several.exceptions[0] from None
        return outcome

    async def _run_step(self, step: Callable[[], T]) -> T:
        async with self._step_lock:
            result = step()
            await asyncio.sleep(0)  # holding the lock, so that small bodies go before the next step
        return result

    def _read_piece(
        self, post: Post, split: BodySplitter, piece: Piece, outcome: IngestOutcome
    ) -> tuple[list[ReportedAlert], RawPost | None]:
        """Return the alerts of a piece that intake must store, and their raw post."""
        if piece.too_large:
            text = f"an alert may have {LARGEST_ALERT:,} bytes, not {piece.end - piece.start:,}"
            outcome.refuse([BadAlert(piece.first, "", text)], 1)
            return [], None
        piece_bytes = _wrapped(piece.written(split.body), ALERTS_KEY[post.source.type])
        raw_post = parse_raw_post(piece_bytes) if _has_raw_posts(post.source) else None
        if raw_post is not None and self._engine.absorb_raw(post.source.name, raw_post):
            outcome.accepted += len(raw_post)
            return [], None
        try:
            parsed = parse_post(replace(post, body=piece_bytes))
        except BodyError as error:
            outcome.malformed = True
            outcome.refuse([BadAlert(piece.first, "", error.message)], piece.count)
            return [], None
        outcome.add(parsed, piece.first)
        outcome.list_repairs(piece.notes())
        return parsed.alerts, None if parsed.bad or parsed.repaired else raw_post


def _has_raw_posts(source: SourceSettings) -> bool:
    """Return whether the bytes of its alerts identify them: it adds no labels to theirs."""
    return source.type == "prometheus" and not source.labels


def _wrapped(alerts: bytes, key: str) -> bytes:
    return b'{"%b":[%b]}' % (key.encode(), alerts) if key else b"[%b]" % alerts


def _shifted(faults: Sequence[BadAlert], by: int) -> list[BadAlert]:
    return [
        BadAlert(None if one.index is None else one.index + by, one.field, one.message)
        for one in faults
    ]
