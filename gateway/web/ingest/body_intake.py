"""Bodies of alerts: read and handed to intake, small ones at once, large ones piece by piece.

While a large body is worked on, everything else goes on: each step takes a few milliseconds, and of
all large bodies one makes a step at a time. So a hundred of them are slow, and the rest is not.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from gateway.core.alerts.reported_alert import ReportedAlert
from gateway.core.plan.accounts import SourceSettings
from gateway.flow.engine import Engine
from gateway.flow.intake.intake import OverloadedError
from gateway.store import StoreUnavailableError
from gateway.web.ingest.sources import ALERTS_KEY, SOURCES
from gateway.web.ingest.sources.parsed import BadAlert, BodyError, Parsed
from gateway.web.ingest.sources.repost import RawPost, parse_raw_post
from gateway.web.ingest.sources.split import LARGEST_ALERT, SMALL, BodySplitter, Piece

T = TypeVar("T")

MOST_FAULTS = 100
"""Faults listed in one answer; the error's text counts all."""

GLANCED_AT = 4 * SMALL
"""Bytes of a body up to which its alerts may be recognised before it is cut into pieces."""

AHEAD = 8
"""Pieces of all large bodies together that wait for the database. With more of them a small post,
such as a critical alert's, waits longer behind them; with fewer they share fewer transactions."""

ALWAYS_ALLOWED_ALERTS = 100_000
BYTES_AN_ALERT = 160
"""A request may hold an alert for so many bytes of its source's max_bytes, and LEAST_ALERTS at
least: 209,715 by default. Each alert that fires takes some 300 bytes of memory from then on."""


@dataclass(slots=True)
class IngestOutcome:
    """What became of the alerts in a body. Of faults and of repairs the first ones are listed."""

    accepted: int = 0
    refused: int = 0
    truncated: int = 0
    malformed: bool = False
    faults: list[BadAlert] = field(default_factory=list)
    repairs: list[BadAlert] = field(default_factory=list)

    def add(self, parsed: Parsed, first: int = 0) -> None:
        """Add what was read, beginning at the alert with this index."""
        self.accepted += len(parsed.alerts)
        self.malformed |= parsed.malformed
        self.refuse(parsed.bad, len(parsed.bad), first)
        self.note(parsed.repaired, first)

    def refuse(self, faults: Sequence[BadAlert], count: int, first: int = 0) -> None:
        """Count refused alerts, and list their faults."""
        self.refused += count
        self.faults += _moved(faults[: MOST_FAULTS - len(self.faults)], first)

    def note(self, repairs: Sequence[BadAlert], first: int = 0) -> None:
        """List what is kept otherwise than it was sent."""
        self.repairs += _moved(repairs[: MOST_FAULTS - len(self.repairs)], first)

    @property
    def detail(self) -> list[dict[str, object]]:
        """What an answer lists."""
        return [one.to_json() for one in (*self.faults, *self.repairs)[:MOST_FAULTS]]


def max_alerts(max_bytes: int) -> int:
    """How many alerts a request may hold where a body may have so many bytes."""
    return max(ALWAYS_ALLOWED_ALERTS, max_bytes // BYTES_AN_ALERT)


class BodyIntake:
    """Reads bodies for one engine. Used from the event loop only."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._turn = asyncio.Lock()
        self._room = asyncio.Semaphore(AHEAD)

    async def take(self, source: SourceSettings, body: bytes) -> IngestOutcome:
        """Hand the alerts of a body to intake; they are on disk when this returns.

        Raises BodyError, with nothing taken; StoreUnavailableError or Overloaded, when some of the
        alerts may have been taken: the sender posts them again.
        """
        if len(body) <= SMALL or (len(body) <= GLANCED_AT and source.type == "prometheus"):
            unread = parse_raw_post(body) if source.type == "prometheus" else None
            if unread is not None and self._engine.absorb_raw(source.name, unread):
                return IngestOutcome(accepted=len(unread))
            if len(body) <= SMALL:
                return await self._at_once(source, body, unread)
        return await self._by_pieces(source, body)

    async def _at_once(
        self, source: SourceSettings, body: bytes, unread: RawPost | None
    ) -> IngestOutcome:
        parsed = SOURCES[source.type](body, self._engine.now())
        flawed = bool(parsed.bad or parsed.repaired)
        if flawed:
            unread = None
        if parsed.alerts:
            await self._engine.submit(source.name, parsed.alerts, parsed.truncated, unread)
        if not flawed:
            return IngestOutcome(len(parsed.alerts), 0, parsed.truncated)
        outcome = IngestOutcome(truncated=parsed.truncated)
        outcome.add(parsed)
        return outcome

    async def _by_pieces(self, source: SourceSettings, body: bytes) -> IngestOutcome:
        now = self._engine.now()
        split = BodySplitter(body, ALERTS_KEY[source.type], max_alerts(source.max_bytes))
        find_pieces = split.find_pieces()
        while await self._in_turn(partial(next, find_pieces, True)) is None:
            pass
        envelope = SOURCES[source.type](split.envelope, now)
        outcome = IngestOutcome(truncated=envelope.truncated, malformed=envelope.malformed)

        async def save(alerts: Sequence[ReportedAlert], unread: RawPost | None) -> None:
            try:
                await self._engine.submit(source.name, alerts, outcome.truncated, unread)
            finally:
                self._room.release()

        try:
            async with asyncio.TaskGroup() as saving:
                for piece in split.pieces:
                    read = partial(self._read_piece, source, split, piece, outcome, now)
                    alerts, unread = await self._in_turn(read)
                    if alerts:
                        await self._room.acquire()
                        saving.create_task(save(alerts, unread))
        except* (StoreUnavailableError, OverloadedError) as several:
            raise several.exceptions[0] from None
        return outcome

    async def _in_turn(self, step: Callable[[], T]) -> T:
        async with self._turn:
            done = step()
            await asyncio.sleep(0)  # within the turn: the others' steps come after all else
        return done

    def _read_piece(
        self,
        source: SourceSettings,
        split: BodySplitter,
        piece: Piece,
        outcome: IngestOutcome,
        now: float,
    ) -> tuple[list[ReportedAlert], RawPost | None]:
        """Return the alerts of a piece that intake must see, and the same unread."""
        if piece.too_large:
            said = f"an alert may have {LARGEST_ALERT:,} bytes, not {piece.end - piece.start:,}"
            outcome.refuse([BadAlert(piece.first, "", said)], 1)
            return [], None
        written = _wrapped(split.written(piece), ALERTS_KEY[source.type])
        unread = parse_raw_post(written) if source.type == "prometheus" else None
        if unread is not None and self._engine.absorb_raw(source.name, unread):
            outcome.accepted += len(unread)
            return [], None
        try:
            parsed = SOURCES[source.type](written, now)
        except BodyError as error:
            outcome.malformed = True
            outcome.refuse([BadAlert(piece.first, "", error.message)], piece.count)
            return [], None
        outcome.add(parsed, piece.first)
        outcome.note(split.cut_notes(piece))
        return parsed.alerts, None if parsed.bad or parsed.repaired else unread


def _wrapped(alerts: bytes, key: str) -> bytes:
    return b'{"%b":[%b]}' % (key.encode(), alerts) if key else b"[%b]" % alerts


def _moved(faults: Sequence[BadAlert], by: int) -> list[BadAlert]:
    return [
        BadAlert(None if one.index is None else one.index + by, one.field, one.message)
        for one in faults
    ]
