"""The alerts of one incident while it is played, without carrying along those that are over."""

from collections.abc import Iterator, Sequence

from gateway.core.incidents.incident import Member
from gateway.core.plan.plan import Plan

KEEP = 64
"""Alerts of an incident from which on those that are over are put aside. Lower saves nothing:
decisions about so few cost little."""


class Roster:
    """The members of one incident.

    A month of alerts leaves thousands in an incident that never ends, and each decision would
    read all of them. So those that are over, and whose end was notified if it had to be, are put
    aside. Decisions get a few that represent them: the last one that ended, and one of each
    severity, because the severity of an incident that is over is that of the worst alert it had.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._active: dict[str, Member] = {}
        self._aside: dict[str, Member] = {}
        self._severities: dict[str, Member] = {}
        self._last: Member | None = None

    def __iter__(self) -> Iterator[str]:
        """Yield the identities of all."""
        yield from self._active
        yield from self._aside

    def get(self, identity: str) -> Member | None:
        """Return the member that is this alert."""
        return self._active.get(identity) or self._aside.get(identity)

    def put(self, member: Member) -> None:
        """Add a member, or take its new state."""
        identity = member.alert.identity
        self._aside.pop(identity, None)
        self._active[identity] = member

    def seen(self) -> Sequence[Member]:
        """Return the members that decisions read."""
        representatives = {one.alert.identity: one for one in self._severities.values()}
        if self._last is not None:
            representatives.setdefault(self._last.alert.identity, self._last)
        return [
            *self._active.values(),
            *(one for name, one in representatives.items() if name in self._aside),
        ]

    def firing(self, now: float) -> tuple[str, ...]:
        """Return the identities of those that fire."""
        return tuple(name for name, one in self._active.items() if one.firing(now))

    def put_aside(self, now: float) -> None:
        """Put those that are over aside, if there are many.

        Not where a receiver is chosen by the labels that all alerts share: it needs all of them.
        """
        if len(self._active) < KEEP or self._plan.has_label_targets:
            return
        over = [
            one for one in self._active.values() if not (one.firing(now) or one.resolve_pending)
        ]
        if len(over) * 2 < len(self._active):
            return
        for one in over:
            name = one.alert.identity
            self._aside[name] = self._active.pop(name)
            self._severities[self._plan.severity_of(one.alert.labels).name] = one
            if self._last is None or _end(one) >= _end(self._last):
                self._last = one


def _end(member: Member) -> float:
    return member.alert.ends_at or 0.0
