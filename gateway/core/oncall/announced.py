"""The shifts that people know of, and what they must be notified of next.

What was announced is recorded for each rota. A round compares that with the plan in force, so it
finds each change once, whichever replica is first and however long none ran.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from gateway.core.oncall.rota import Stint, stints
from gateway.core.oncall.shift_changes import PersonChange, shift_changes
from gateway.core.oncall.types import Rota

AHEAD = 28 * 86400.0
"""Seconds ahead in which a changed shift is announced. Longer: people are notified of changes that
will change again. Shorter: they learn of a shift late."""

EXTEND_EVERY = 86400.0
"""Seconds after which the announced shifts are extended although nothing changes."""


class Remind(NamedTuple):
    """When a person is reminded of a shift: `lead` seconds before it begins; 0: never.

    Not if the person was on call in the same rota in the `rested` seconds before the shift.
    """

    lead: float
    rested: float = 0.0


REMIND = Remind(86400.0, 3 * 86400.0)
"""For people who set nothing. A daily shift needs no daily reminder; the first after days off
does."""

NEVER = Remind(0.0)


@dataclass(frozen=True, slots=True)
class Announced:
    """The shifts of a rota that people know of, up to `until`, checked at `checked_at`.

    Reminders that were due by then have been sent. `digest` is of the configuration by which they
    were calculated. Times are unix seconds UTC.
    """

    rota: str
    stints: tuple[Stint, ...]
    until: float
    checked_at: float
    digest: str


class Reminder(NamedTuple):
    """A shift that begins soon."""

    rota: str
    stint: Stint


class ShiftNews(NamedTuple):
    """What to store, what to delete, and of what people must be notified."""

    saved: tuple[Announced, ...]
    removed: tuple[str, ...]
    changes: Mapping[str, Mapping[str, PersonChange]]  # by person, by rota
    reminders: tuple[Reminder, ...]


def shift_news(
    announced: Mapping[str, Announced],
    rotas: Mapping[str, Rota],
    remind: Mapping[str, Remind],
    digest: str,
    now: float,
) -> ShiftNews:
    """Return what follows from the plan in force at `now` (unix seconds).

    `remind` says by person when they are reminded. Without any announced shifts this is the first
    round ever: all of them count as known.
    """
    is_first = not announced
    saved: list[Announced] = []
    changes: dict[str, dict[str, PersonChange]] = {}
    reminders: list[Reminder] = []
    for name, rota in rotas.items():
        before = announced.get(name)
        planned = tuple(stints(rota, now, now + AHEAD))
        known = before or Announced(name, (), now + AHEAD, now, digest)
        differences: Mapping[str, PersonChange] = {}
        if not is_first:
            differences = shift_changes(known.stints, planned, now, min(known.until, now + AHEAD))
        for person, change in differences.items():
            changes.setdefault(person, {})[name] = change
        due = [
            reminder
            for reminder in _reminders(rota, planned, known.checked_at, remind, now)
            if before and reminder.stint.person not in differences
        ]
        reminders += due
        fresh = Announced(name, planned, now + AHEAD, now, digest)
        if before is None or due or _must_save(before, fresh):
            saved.append(fresh)
    removed = tuple(sorted(announced.keys() - rotas.keys()))
    for name in removed:
        known = announced[name]
        for person, change in shift_changes(known.stints, (), now, known.until).items():
            changes.setdefault(person, {})[name] = change
    return ShiftNews(tuple(saved), removed, changes, tuple(reminders))


def next_reminder(rotas: Sequence[Rota], remind: Mapping[str, Remind], now: float) -> float | None:
    """Return when the next reminder is due after `now`; None if none is within `AHEAD`."""
    return min(
        (
            one.start - remind[one.person].lead
            for rota in rotas
            for one in stints(rota, now, now + AHEAD)
            if remind.get(one.person, NEVER).lead and one.start - remind[one.person].lead > now
        ),
        default=None,
    )


def _must_save(before: Announced, fresh: Announced) -> bool:
    return (
        bool(shift_changes(before.stints, fresh.stints, fresh.checked_at, before.until))
        or before.digest != fresh.digest
        or fresh.until - before.until >= EXTEND_EVERY
    )


def _reminders(
    rota: Rota, planned: Sequence[Stint], since: float, remind: Mapping[str, Remind], now: float
) -> Iterator[Reminder]:
    """Yield the shifts ahead whose reminder fell due after `since`."""
    for one in planned:
        lead, rested = remind.get(one.person, NEVER)
        is_due = lead and one.start > now and since < one.start - lead <= now
        if is_due and not (rested and _was_on_call(rota, one, rested)):
            yield Reminder(rota.name, one)


def _was_on_call(rota: Rota, stint: Stint, seconds: float) -> bool:
    """Return whether the person is also on call in the `seconds` before a stretch.

    The past is calculated by the present rota: after an edit a reminder too many may be sent.
    """
    return any(
        other.person == stint.person and other.start < stint.start
        for other in stints(rota, stint.start - seconds, stint.start)
    )
