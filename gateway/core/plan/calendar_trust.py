"""Whether a calendar that lost its events is believed.

A calendar that is suddenly empty is more often a mistake of its server or its owner than a decision
that nobody is on call. (One product dropped its copy at the first failed download.)
"""

from collections.abc import Iterable
from dataclasses import dataclass

from gateway.core.oncall.calendar_events import CalendarEvent

MOST = 0.5
"""Share of the future events. A calendar that loses more than that is questioned."""

FEW = 4
"""Future events from which on losing most of them is questioned. Losing all always is."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`believed`: the new events are used. `lost_since` is since when they are questioned.

    `text` says what was lost; empty if nothing was.
    """

    believed: bool
    lost_since: float | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Earlier:
    """What is known of earlier readings: since when events are lost, and an admin's word."""

    lost_since: float | None
    confirmed: bool
    confirm_after: float  # seconds


def judge(
    before: Iterable[CalendarEvent],
    after: Iterable[CalendarEvent],
    now: float,
    known_until: float,
    earlier: Earlier,
) -> Verdict:
    """Decide whether the events that were read replace those of the last good copy.

    Events up to `known_until`, the end of what the copy knows, are compared, because both know
    them.
    """
    old, new = _future(before, now, known_until), _future(after, now, known_until)
    lost = old > 0 and (new == 0 or (old >= FEW and new < old * MOST))
    if not lost:
        return Verdict(believed=True)
    text = f"it has {new} of the {old} future events that it had"
    since = now if earlier.lost_since is None else earlier.lost_since
    if earlier.confirmed or now - since >= earlier.confirm_after:
        return Verdict(believed=True, text=text)
    return Verdict(believed=False, lost_since=since, text=text)


def _future(events: Iterable[CalendarEvent], now: float, until: float) -> int:
    return sum(one.end > now and one.start < until for one in events)
