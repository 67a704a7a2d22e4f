"""Watcher of shifts: reminds people of shifts, and notifies them of changed ones."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from gateway.core.incidents.notice import NoticeKind, NotifyReason
from gateway.core.oncall.announced import (
    AHEAD,
    EXTEND_EVERY,
    Announced,
    Reminder,
    ShiftNews,
    next_reminder,
    shift_news,
)
from gateway.core.oncall.change_causes import cause_texts, change_causes
from gateway.core.oncall.changes import RotaChange
from gateway.core.oncall.shift_changes import PersonChange, Stretch
from gateway.core.plan.plan import Plan
from gateway.flow.oncall.plan_in_force import PlanInForce
from gateway.flow.runtime.wake import wait_for_wake
from gateway.flow.shifts.messages import ShiftMessage, notify_person, person_subject, rota_subject
from gateway.store import Store, Tx
from gateway.store.state import announced, changes, plan_version

POLL = 30.0
"""Seconds between two rounds at most: a clock that was set forward makes a reminder due earlier."""

MOST_CAUSES = 10
"""Changes of one rota that a message names."""

MOST_STRETCHES = 50
"""Stretches of one rota that a message lists. It bounds the message of a rota of hours."""


class ShiftWatcher:
    """Compares what people know of their shifts with the plan in force. Used from the event loop.

    Each round decides from what is stored, the plan and the time alone, and stores the notices with
    what was announced, so each change is announced once, by whichever replica.
    """

    def __init__(self, store: Store, in_force: PlanInForce, now: Callable[[], float]) -> None:
        self._store = store
        self._in_force = in_force
        self._now = now
        self._checked_plan: Plan | None = None
        self._due_at = 0.0
        self._wake = asyncio.Event()

    @property
    def next_due(self) -> float:
        """When the next reminder or extension is due (unix seconds)."""
        return self._due_at

    def wake(self) -> None:
        """Check now, because another plan may be in force."""
        self._wake.set()

    async def run(self, mark_healthy: Callable[[], None]) -> None:
        """Check until cancelled: at the start, with each plan, and when a reminder is due."""
        while True:
            self._wake.clear()
            await self.check_once()
            mark_healthy()
            pause = min(POLL, max(0.0, self._due_at - self._now()))
            await wait_for_wake(self._wake, pause)

    async def check_once(self) -> None:
        """Announce what has changed since the last round of any replica."""
        plan, version, now = self._in_force.plan, self._in_force.version, self._now()
        if version is None or (plan is self._checked_plan and now < self._due_at):
            return
        known = await self._store.read(announced.read_all)
        is_new_plan = plan is not self._checked_plan
        if is_new_plan or all(one.digest == plan.digest for one in known.values()):
            remind = {person.id: person.remind for person in plan.people.values()}
            news = await asyncio.to_thread(shift_news, known, plan.rotas, remind, plan.digest, now)
            if not await self._store.write(lambda tx: _save(tx, plan, known, news, version, now)):
                self._due_at = now  # another replica was faster: compare with what it stored
                return
        self._checked_plan = plan
        self._due_at = await asyncio.to_thread(_next_due, plan, now)


def _next_due(plan: Plan, now: float) -> float:
    remind = {person.id: person.remind for person in plan.people.values()}
    reminder = next_reminder(list(plan.rotas.values()), remind, now)
    extension = now + EXTEND_EVERY
    return extension if reminder is None else min(reminder, extension)


def _save(
    tx: Tx,
    plan: Plan,
    known: Mapping[str, Announced],
    news: ShiftNews,
    version: int,
    now: float,
) -> bool:
    """Store what was announced, with its notices; False if something else was stored meanwhile."""
    if plan_version.read(tx) != version or announced.read_all(tx) != known:
        return False
    announced.save(tx, news.saved)
    announced.remove(tx, news.removed)
    stored = changes.ending_after(tx, now - AHEAD) if news.changes else []
    for person, own in news.changes.items():
        notify_person(tx, plan, person, _changed(plan, person, own, known, stored), now)
    for reminder in news.reminders:
        stint = reminder.stint
        notify_person(tx, plan, stint.person, _reminder(reminder), now, latest=stint.start)
    return True


def _changed(
    plan: Plan,
    person: str,
    own: Mapping[str, PersonChange],
    known: Mapping[str, Announced],
    stored: Sequence[RotaChange],
) -> ShiftMessage:
    shift = {
        "changes": [
            {
                "rota": rota,
                "before": _stretches(one.before),
                "after": _stretches(one.after),
                "causes": _causes(plan, rota, one, known.get(rota), stored),
            }
            for rota, one in sorted(own.items())
        ]
    }
    return ShiftMessage(
        person_subject(person), NoticeKind.SHIFTS_CHANGED, NotifyReason.SHIFTS_CHANGED, shift
    )


def _causes(
    plan: Plan,
    rota: str,
    change: PersonChange,
    known: Announced | None,
    stored: Sequence[RotaChange],
) -> list[str]:
    """Return who changed the shifts of a rota, as sentences."""
    causes = [] if known is None else change_causes(stored, rota, change, known.checked_at)
    file_changed = known is None or known.digest != plan.digest
    return cause_texts(causes, plan.name_of, file_changed=file_changed)[:MOST_CAUSES]


def _reminder(reminder: Reminder) -> ShiftMessage:
    stint = reminder.stint
    shift = {"rota": reminder.rota, "starts_at": stint.start, "ends_at": stint.end}
    return ShiftMessage(
        rota_subject(reminder.rota), NoticeKind.REMINDER, NotifyReason.SHIFT_BEGINS, shift
    )


def _stretches(stretches: tuple[Stretch, ...]) -> list[dict[str, float]]:
    return [{"starts_at": one.start, "ends_at": one.end} for one in stretches[:MOST_STRETCHES]]
