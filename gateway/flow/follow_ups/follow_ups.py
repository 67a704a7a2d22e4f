"""Follow-up items: added, changed and done by people, each with a line on the timeline."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from gateway.core.actor import Actor
from gateway.core.errors import GatewayError
from gateway.core.incidents.follow_up import LONGEST_TEXT, FollowUp, FollowUpChange
from gateway.core.incidents.timeline import TimelineEntry, TimelineKind
from gateway.core.plan.plan import Plan
from gateway.core.text.nearest import nearest
from gateway.core.time.timestamps import local_minute
from gateway.store import Store, Tx
from gateway.store.state import follow_ups, incidents, timeline

MOST_LISTED = 500
"""Open items in one list."""


class FollowUpError(GatewayError, ValueError):
    """The item cannot be stored; `field` is what is wrong with it."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field


class UnknownFollowUpError(GatewayError, LookupError):
    """There is no item of that id, or no such incident."""


class FollowUps:
    """Follow-up items, as people use them. Used from the event loop."""

    def __init__(self, store: Store, plan: Callable[[], Plan], now: Callable[[], float]) -> None:
        self._store = store
        self._plan = plan
        self._now = now

    async def add(
        self, number: int, actor: Actor, text: str, owner: str = "", due_at: float | None = None
    ) -> FollowUp:
        """Add an item to an incident. Raises FollowUpError, UnknownFollowUpError."""
        now, plan = self._now(), self._plan()
        _check(plan, text, owner)
        item = FollowUp(0, number, text.strip(), owner, due_at, now, actor)

        def work(tx: Tx) -> FollowUp:
            if incidents.get(tx, number) is None:
                raise UnknownFollowUpError(f"there is no incident #{number}")
            added = follow_ups.add(tx, item)
            _record(tx, plan, added, actor, "added", now)
            return added

        return await self._store.write(work)

    async def set_done(self, id_: int, actor: Actor, *, done: bool) -> FollowUp:
        """Mark an item as done, or as open again; what it is already stays as it is."""
        now, plan = self._now(), self._plan()

        def work(tx: Tx) -> FollowUp:
            item = _get(tx, id_)
            if item.open is not done:
                return item
            changed = replace(
                item, done_at=now if done else None, done_by=actor.id if done else None
            )
            follow_ups.save(tx, changed)
            _record(tx, plan, changed, actor, "done" if done else "open again", now)
            return changed

        return await self._store.write(work)

    async def change(self, id_: int, actor: Actor, change: FollowUpChange) -> FollowUp:
        """Change text, owner or date of an item; what it is already stays as it is.

        Raises FollowUpError, UnknownFollowUpError.
        """
        now, plan = self._now(), self._plan()

        def work(tx: Tx) -> FollowUp:
            item = _get(tx, id_)
            changed = change.applied_to(item)
            if changed == item:
                return item
            # A person who has left routes.yaml since may keep what they own.
            _check(plan, changed.text, changed.owner if changed.owner != item.owner else "")
            follow_ups.save(tx, changed)
            _record(tx, plan, changed, actor, "changed", now)
            return changed

        return await self._store.write(work)

    async def of_incident(self, number: int) -> Sequence[FollowUp]:
        """Return the items of an incident, oldest first."""
        return await self._store.read(lambda tx: follow_ups.of_incident(tx, number))

    async def open_items(self) -> Sequence[FollowUp]:
        """Return what is still to be done, the nearest due date first."""
        return await self._store.read(lambda tx: follow_ups.open_items(tx, MOST_LISTED))


_WITH_OWNER = ("added", "changed")
"""What is recorded with who does an item, and by when."""


def _check(plan: Plan, text: str, owner: str) -> None:
    if not text.strip():
        raise FollowUpError("text", "an item must not be empty")
    if len(text) > LONGEST_TEXT:
        raise FollowUpError("text", f"an item has at most {LONGEST_TEXT} characters")
    if owner and plan.people and owner not in plan.people:
        near = nearest(owner, plan.people)
        hint = f"; did you mean {near}?" if near else ""
        raise FollowUpError("owner", f'routes.yaml declares no person "{owner}"{hint}')


def _get(tx: Tx, id_: int) -> FollowUp:
    item = follow_ups.get(tx, id_)
    if item is None:
        raise UnknownFollowUpError(f"there is no follow-up item {id_}")
    return item


def _record(tx: Tx, plan: Plan, item: FollowUp, actor: Actor, what: str, now: float) -> None:
    text = f"{what} by {plan.name_of(actor.id)} ({actor.via_text}): {item.text}"
    if what in _WITH_OWNER and (item.owner or what == "changed"):
        text += f"; {plan.name_of(item.owner) if item.owner else 'nobody'} does it"
        if item.due_at is not None:
            text += f" by {local_minute(item.due_at, plan.business_hours.zone)}"
    data = {"follow_up": item.id, "by": actor.id, "via": actor.via, "actor": actor.to_json()}
    entry = TimelineEntry(now, TimelineKind.FOLLOW_UP, text, data)
    timeline.add(tx, [(item.incident, entry)])
