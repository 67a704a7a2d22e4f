"""Published feeds: their URLs, their content, and how URLs are revoked."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from gateway.calendars.planned import PlannedCalendar, PlannedEvent
from gateway.calendars.write import write_calendar
from gateway.core.errors import GatewayError
from gateway.core.plan.plan import Plan
from gateway.flow.feeds.events import PLANNING_ONLY, feed_events
from gateway.flow.feeds.revisions import revise
from gateway.flow.feeds.subject import FeedSubject, parse_subject, subjects
from gateway.flow.queries.duty import DutyReader
from gateway.links import Links, Purpose
from gateway.store import Store, Tx
from gateway.store.state import feeds as state
from gateway.store.state.feeds import StoredFeed

REFRESH_HOURS = 1
"""How often calendar programs are asked to read a feed again. Few obey. Lower: more requests."""

NO_EXPIRY = 2.0**32 - 1
"""The largest expiry that a token can hold, in 2106: feeds end by being revoked."""


class UnknownFeedError(GatewayError, LookupError):
    """There is no such rota or person in routes.yaml."""


class RevokedFeedError(GatewayError):
    """The URL was revoked."""


@dataclass(frozen=True, slots=True)
class Feed:
    """One feed and its present URL. `revoked_at` is in unix seconds, 0 if no URL was revoked."""

    subject: FeedSubject
    name: str
    url: str
    revoked_at: float
    revoked_by: str


class Feeds:
    """The feeds of one gateway. Used from the event loop."""

    def __init__(
        self, store: Store, links: Links, plan: Callable[[], Plan], now: Callable[[], float]
    ) -> None:
        self._store = store
        self._links = links
        self._plan = plan
        self._now = now

    async def list(self) -> list[Feed]:
        """Return all feeds: those of rotas, then those of people."""
        stored = await self._store.read(state.read_all)
        return [self._feed(one, stored.get(str(one))) for one in subjects(self._plan())]

    async def revoke(self, subject: FeedSubject, by: str) -> Feed:
        """Make every URL of a feed invalid, and return the feed with its new one.

        Raises UnknownFeedError.
        """
        self._check(subject)
        work = partial(state.revoke, subject=str(subject), now=self._now(), by=by)
        return self._feed(subject, await self._store.write(work))

    async def read(self, token: str) -> bytes:
        """Return the calendar of the feed that a URL's token names.

        Raises LinkError for a token that was not made here, RevokedFeedError, UnknownFeedError.
        """
        plan, now = self._plan(), self._now()
        claim = self._links.read(Purpose.FEED, token, now)
        subject = parse_subject(claim.person)
        stored = await self._store.read(partial(state.get, subject=str(subject)))
        if stored.generation != claim.number:
            raise RevokedFeedError("this feed's URL was revoked")
        self._check(subject)

        def work(tx: Tx) -> list[PlannedEvent]:
            reader = DutyReader(tx, plan.rotas, now)
            return feed_events(plan, subject, reader.names(), reader.shifts, now)

        # In a reader's thread: a year of many rotas would delay alerts on the event loop.
        events = await self._store.read(work)
        revised = revise(stored.revisions, events, now)
        if revised.revisions != stored.revisions:
            save = partial(state.save_revisions, subject=str(subject), revisions=revised.revisions)
            await self._store.write(save)
        name = subject.name(plan)
        calendar = PlannedCalendar(
            uid=f"{subject}@on-call",
            name=f"On call: {name}",
            description=f"Shifts of {name}. {PLANNING_ONLY}",
            url=f"{self._links.external_url}/oncall",
            refresh=REFRESH_HOURS,
            changed_at=revised.changed_at,
            events=revised.events,
        )
        return await asyncio.to_thread(write_calendar, calendar)

    def _feed(self, subject: FeedSubject, stored: StoredFeed | None) -> Feed:
        stored = stored or StoredFeed()
        return Feed(
            subject,
            subject.name(self._plan()),
            self._links.feed(str(subject), stored.generation, NO_EXPIRY),
            stored.revoked_at,
            stored.revoked_by,
        )

    def _check(self, subject: FeedSubject) -> None:
        if not subject.exists(self._plan()):
            raise UnknownFeedError(f"routes.yaml has no {subject.kind} {subject.id!r}")
