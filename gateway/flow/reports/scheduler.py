"""Scheduler of reports: queues each one once when it is due, whichever replica is first."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any

import orjson

from gateway.core.incidents.notice import NoticeKind, NotifyReason, Subject, SubjectKind
from gateway.core.incidents.outbox import NewRow
from gateway.core.plan.channels import Capability, spec_of
from gateway.core.plan.plan import REPORT_RANK, Plan
from gateway.core.plan.report_settings import ReportSection, ReportSettings
from gateway.core.time.spans import Span
from gateway.cron import last_until, next_after
from gateway.flow.reports.content import report_content
from gateway.flow.runtime.wake import wait_for_wake
from gateway.store import Store, Tx, outbox
from gateway.store.state import counters

ReadLines = Callable[[Sequence[ReportSection], Span], Awaitable[list[dict[str, Any]]]]

log = logging.getLogger(__name__)

POLL = 30.0
"""Seconds between two rounds at most: a clock that was set forward makes a report due earlier."""

TOO_LATE = 12 * 3600.0
"""Seconds after which a report that no gateway sent is left out. Higher: after a long outage people
get a report of figures that they no longer need beside the next one."""

LONGEST = 400 * 86400.0
"""Seconds that a report covers at most, when it was declared again after a long time."""

REPORT_STATUS = "report"
"""The status that reports show in place of an incident's."""


class ReportScheduler:
    """Compares the schedule with what was queued. Used from the event loop.

    The instant of the last report is stored with its notices in one transaction. So each is queued
    once, and a crash between the reading of its facts and that transaction repeats the reading.
    """

    def __init__(
        self,
        store: Store,
        plan: Callable[[], Plan],
        now: Callable[[], float],
        lines: ReadLines,
    ) -> None:
        """`lines` returns the sections of a report for a span, see `report_lines`."""
        self._store = store
        self._plan = plan
        self._now = now
        self._lines = lines
        self._due_at = 0.0
        self._wake = asyncio.Event()

    @property
    def next_due(self) -> float:
        """When the next report is due (Unix seconds); infinite without reports."""
        return self._due_at

    def wake(self) -> None:
        """Check now, because another plan may be in force."""
        self._wake.set()

    async def run(self, mark_healthy: Callable[[], None]) -> None:
        """Check until cancelled: at the start, with each plan, and when a report is due."""
        while True:
            self._wake.clear()
            await self.check_once()
            mark_healthy()
            await wait_for_wake(self._wake, min(POLL, max(0.0, self._due_at - self._now())))

    async def check_once(self) -> None:
        """Queue the reports that are due and were not queued by any replica."""
        plan, now = self._plan(), self._now()
        next_due = float("inf")
        for settings in plan.reports.values():
            due = last_until(settings.cron, settings.zone, now)
            last = await self._store.read(partial(last_report, name=settings.name))
            if last is None:  # declared just now: the first one is the next
                await self._store.write(partial(save_first, name=settings.name, due=due))
            elif last < due:
                await self._send(plan, settings, Span(last, due), now)
            next_due = min(next_due, next_after(settings.cron, settings.zone, now))
        self._due_at = next_due

    async def _send(self, plan: Plan, settings: ReportSettings, span: Span, now: float) -> None:
        facts: Mapping[str, Any] | None = None
        due = span.end
        if now - due < TOO_LATE:
            span = Span(max(span.start, due - LONGEST), due)
            facts = await self._facts(plan, settings, span, now)
        else:
            log.warning("report %s is too late and was left out", settings.name)
        await self._store.write(lambda tx: queue_report(tx, plan, settings, due, facts, now))

    async def preview(self, settings: ReportSettings) -> dict[str, Any]:
        """Return the facts of a report as if it were due now. Raises StoreUnavailableError."""
        now = self._now()
        last = await self._store.read(partial(last_report, name=settings.name))
        start = last_until(settings.cron, settings.zone, now - 1.0) if last is None else last
        span = Span(min(start, now - 1.0), now)
        return await self._facts(self._plan(), settings, span, now)

    async def _facts(
        self, plan: Plan, settings: ReportSettings, span: Span, now: float
    ) -> dict[str, Any]:
        content = await report_content(self._store, plan, settings, span, now)
        content["sections"] = await self._lines(settings.sections, span)
        return report_facts(settings, content, span.end)


def last_report(tx: Tx, name: str) -> float | None:
    """Return when the last report of a name was due that was queued; None if none was."""
    return counters.find(tx, _mark(name))


def save_first(tx: Tx, name: str, due: float) -> None:
    """Store that a report exists since an instant, unless another replica has."""
    if last_report(tx, name) is None:
        counters.save(tx, _mark(name), int(due))


def queue_report(
    tx: Tx,
    plan: Plan,
    settings: ReportSettings,
    due: float,
    facts: Mapping[str, Any] | None,
    now: float,
) -> bool:
    """Queue a report to its receiver's targets; False if another replica has done that.

    Without facts it is only marked, so that it is not queued any more.
    """
    last = last_report(tx, settings.name)
    if last is None or last >= due:
        return False
    counters.save(tx, _mark(settings.name), int(due))
    receiver = plan.receivers.get(settings.receiver)
    if receiver is None or facts is None:
        return True
    rows = [
        NewRow(
            None,
            target,
            NoticeKind.REPORT,
            NotifyReason.SCHEDULED,
            REPORT_RANK,
            0,
            quiet=False,
            subject=Subject(SubjectKind.REPORT, f"{settings.name}@{due:.0f}"),
        )
        for target in receiver.targets
        if spec_of(target.channel).can(Capability.REPORTS)
    ]
    outbox.add(tx, rows, [orjson.dumps(facts)], now)
    return True


def report_facts(
    settings: ReportSettings, content: Mapping[str, Any], due: float
) -> dict[str, Any]:
    """Return the facts of a report's message; each report is a mail thread of its own."""
    return {
        "incident": None,
        "status": REPORT_STATUS,
        "severity": "",
        "rank": None,
        "title": settings.title,
        "group_key": f"report:{settings.name}",
        "opened_at": due,
        "alerts": [],
        "at": due,
        "since": due,
        "report": dict(content),
    }


def _mark(name: str) -> str:
    return f"report {name}"
