"""Asking for a swap: which shifts are meant, and what is rejected. Pure."""

from dataclasses import dataclass

from gateway.core.actor import Actor
from gateway.core.oncall.add_changes import LATE, unknown, without_contact
from gateway.core.oncall.answer_swap import swap_changes
from gateway.core.oncall.change_text import span_text, time_text
from gateway.core.oncall.rejected import ChangeConflictError, RejectedChangeError
from gateway.core.oncall.roster import Roster
from gateway.core.oncall.rota import Stint, stints
from gateway.core.oncall.swaps import Swap
from gateway.core.oncall.types import LAST_INSTANT, Rota
from gateway.core.time.spans import Span

_DAY = 86400.0
BEHIND = 62 * _DAY
"""Seconds before an instant in which the beginning of a shift is searched."""
AHEAD = 366 * _DAY
"""Seconds after it in which its end is searched. A longer stretch on call is no shift to swap."""


@dataclass(frozen=True, slots=True)
class ShiftChoice:
    """A shift: with `end` this part of it, without the whole one that contains `start`."""

    start: float
    end: float | None = None


@dataclass(frozen=True, slots=True)
class SwapRequest:
    """What a person asks another one for. `takes` None: nothing in return."""

    rota: str
    person: str
    other: str
    gives: ShiftChoice
    takes: ShiftChoice | None = None


def ask_swap(roster: Roster, request: SwapRequest, actor: Actor, why: str, now: float) -> Swap:
    """Return the swap to store.

    Raises RejectedChangeError for unknown names, a person who cannot be reached, an instant at
    which the person is not on call, a shift that is over, shifts that overlap, and anything that
    accepting it would be rejected for.
    """
    rota = _check_names(roster, request)
    gives = _shift(roster, rota, request.person, request.gives, "gives", now)
    takes = None
    if request.takes is not None:
        takes = _shift(roster, rota, request.other, request.takes, "takes", now)
        if takes.start < gives.end and gives.start < takes.end:
            text = f"both shifts overlap: {span_text(*gives, rota.zone)} and "
            raise RejectedChangeError("takes", text + span_text(*takes, rota.zone))
    swap = Swap(request.rota, request.person, request.other, gives, takes, actor, why, now)
    try:
        swap_changes(roster, swap, actor, now)
    except ChangeConflictError as error:
        raise RejectedChangeError("gives", error.reason) from None
    return swap


def _check_names(roster: Roster, request: SwapRequest) -> Rota:
    if request.rota not in roster.rotas:
        raise RejectedChangeError("rota", unknown("rota", request.rota, roster.rotas))
    for field, person in (("as", request.person), ("with", request.other)):
        if person not in roster.people:
            raise RejectedChangeError(field, unknown("person", person, roster.people))
    if request.person == request.other:
        raise RejectedChangeError("with", "name somebody else to swap with")
    takers = [("with", request.other)] + ([("as", request.person)] if request.takes else [])
    for field, person in takers:
        if person not in roster.reachable:
            raise RejectedChangeError(field, without_contact(roster.people[person]))
    return roster.rotas[request.rota]


def _shift(
    roster: Roster, rota: Rota, person: str, choice: ShiftChoice, field: str, now: float
) -> Span:
    """Return the shift that is meant, from now on where it has begun."""
    at, name = choice.start, roster.people[person]
    if not 0 <= at < LAST_INSTANT or (choice.end is not None and choice.end <= at):
        raise RejectedChangeError(field, "its end must be after its start")
    planned = stints(rota, max(at - BEHIND, 0.0), min(at + AHEAD, LAST_INSTANT))
    own = [one for one in planned if one.person == person]
    current = next((one for one in own if one.start <= at < one.end), None)
    if current is None:
        following = next((one for one in own if one.start > at), None)
        text = f"{name} is not on call in rota {rota.name} at {time_text(at, rota.zone)}"
        if following is not None:
            text += f"; the next shift begins {time_text(following.start, rota.zone)}"
        raise RejectedChangeError(field, text)
    span = _chosen_part(current, choice, at, name, rota, field)
    if span.end <= now:
        text = f"that shift is over: {span_text(*span, rota.zone)}"
        raise RejectedChangeError(field, text)
    if choice.end is not None and span.start < now - LATE:
        text = f"{time_text(span.start, rota.zone)} is in the past"
        raise RejectedChangeError(field, text)
    return Span(max(span.start, now), span.end)


def _chosen_part(
    current: Stint, choice: ShiftChoice, at: float, name: str, rota: Rota, field: str
) -> Span:
    if choice.end is None:
        if current.end >= at + AHEAD:
            text = f"{name} is on call for more than a year on end; say from when to when"
            raise RejectedChangeError(field, text)
        return Span(current.start, current.end)
    if choice.end > current.end:
        text = f"{name} is on call only until {time_text(current.end, rota.zone)}"
        raise RejectedChangeError(field, text)
    return Span(at, choice.end)
