"""Adding changes: what is rejected and why, and what follows. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from gateway.core.actor import Actor
from gateway.core.oncall.change_text import span_text, time_text
from gateway.core.oncall.changes import RotaChange
from gateway.core.oncall.rejected import RejectedChangeError
from gateway.core.oncall.roster import (
    Effect,
    Roster,
    find_effects,
    is_member,
    newly_unreachable,
    with_added,
)
from gateway.core.oncall.types import LAST_INSTANT, LONGEST_OVERRIDE, Rota
from gateway.core.text.nearest import nearest

LATE = 60.0
"""Seconds by which a start may have passed: the clocks of two machines differ, and typing takes
time. Higher would let somebody rewrite who was on call before."""

UTC = "UTC"


@dataclass(frozen=True, slots=True)
class ChangeRequest:
    """What somebody asks for. `start` None is now; the rest as in `RotaChange`."""

    rota: str | None
    end: float
    start: float | None = None
    person: str | None = None
    replaces: str | None = None
    beside: bool = False


class AddedChanges(NamedTuple):
    """Changes to store, still without ids, and where other people are on call by them."""

    changes: tuple[RotaChange, ...]
    effects: tuple[Effect, ...]


def add_changes(
    roster: Roster,
    requests: Sequence[ChangeRequest],
    actor: Actor,
    why: str,
    now: float,
    *,
    anyway: bool = False,
) -> AddedChanges:
    """Decide on changes that are made together, such as the shifts of a temporary schedule.

    Raises RejectedChangeError, with the field, for what cannot be meant: a time that has passed,
    an end before its start, more than LONGEST_OVERRIDE, an unknown rota or person, a person
    without a contact, shifts that overlap, and changes without any effect. `anyway` allows that
    a rota reaches nobody in a stretch where it reached somebody.
    """
    changes = tuple(
        _change(roster, request, _Fields(number, len(requests)), actor, why, now)
        for number, request in enumerate(requests)
    )
    _refuse_overlaps(changes)
    after = with_added(roster.rotas, changes)
    start, end = min(one.start for one in changes), max(one.end for one in changes)
    effects = tuple(find_effects(roster.rotas, after, start, end))
    if not effects and not any(_takes_out_a_member(roster, one) for one in changes):
        raise _without_effect(roster, changes[0])
    if not anyway:
        refuse_unreachable(roster, after, effects)
    return AddedChanges(changes, effects)


def refuse_unreachable(
    roster: Roster, rotas: Mapping[str, Rota], effects: Iterable[Effect]
) -> None:
    """Raise RejectedChangeError for the first stretch that newly reaches nobody."""
    for one in newly_unreachable(roster, effects):
        zone = rotas[one.rota].zone
        who = ", ".join(roster.people.get(name, name) for name in one.after)
        whom = f"only {who}, who has no contact, would be" if one.after else "nobody would be"
        span = span_text(one.start, one.end, zone)
        raise RejectedChangeError(
            "anyway",
            f"{whom} on call in rota {one.rota} from {span}; name somebody, or repeat "
            "it with anyway (--anyway) if that is what you want",
        )


class _Fields(NamedTuple):
    """Names the fields of one of several requests."""

    number: int
    requests: int

    def __call__(self, name: str) -> str:
        return name if self.requests == 1 else f"shifts.{self.number}.{name}"


def _change(
    roster: Roster, request: ChangeRequest, field: _Fields, actor: Actor, why: str, now: float
) -> RotaChange:
    _check_names(roster, request, field)
    zone = UTC if request.rota is None else roster.rotas[request.rota].zone
    start = _start(request, field, zone, now)
    _check_end(request, start, field, zone, now)
    return RotaChange(
        rota=request.rota,
        person=request.person,
        start=start,
        end=request.end,
        actor=actor,
        why=why,
        created_at=now,
        replaces=request.replaces,
        beside=request.beside,
    )


def _check_names(roster: Roster, request: ChangeRequest, field: _Fields) -> None:
    if request.rota is None:
        if request.replaces is None or request.person is not None:
            raise RejectedChangeError(
                field("rota"), "name the rota; only somebody who is away is so in every rota"
            )
    elif request.rota not in roster.rotas:
        raise RejectedChangeError(field("rota"), unknown("rota", request.rota, roster.rotas))
    for name, person in (("person", request.person), ("replaces", request.replaces)):
        if person is not None and person not in roster.people:
            raise RejectedChangeError(field(name), unknown("person", person, roster.people))
    person = request.person
    if person is not None and person == request.replaces:
        text = f"{roster.people[person]} cannot replace themselves"
        raise RejectedChangeError(field("replaces"), text)
    if request.beside and (person is None or request.replaces is not None):
        raise RejectedChangeError(
            field("beside"), "name a person to be notified as well, and nobody who is replaced"
        )
    if person is not None and person not in roster.reachable:
        raise RejectedChangeError(field("person"), without_contact(roster.people[person]))


def without_contact(name: str) -> str:
    """Return that a person cannot be put on call."""
    return f"{name} has no contact in routes.yaml, so nobody could be paged"


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """Return that a name is unknown, with the nearest one or all that there are."""
    names = sorted(known)
    near = nearest(name, names)
    hint = f"did you mean {near}?" if near else f"there are: {', '.join(names) or 'none'}"
    return f"there is no {what} {name!r} in routes.yaml; {hint}"


def _start(request: ChangeRequest, field: _Fields, zone: str, now: float) -> float:
    start = now if request.start is None else request.start
    if start < now - LATE and request.end > now:
        text = f"{time_text(start, zone)} is in the past; leave it out to begin now"
        raise RejectedChangeError(field("from"), text)
    return max(start, now) if request.end > now else start


def _check_end(request: ChangeRequest, start: float, field: _Fields, zone: str, now: float) -> None:
    end = request.end
    if not (0 <= start < LAST_INSTANT and 0 <= end < LAST_INSTANT):
        raise RejectedChangeError(field("to"), "not a time between 1970 and 3000")
    if end <= start:
        text = f"{time_text(end, zone)} is not after the start, {time_text(start, zone)}"
        raise RejectedChangeError(field("to"), text)
    if end <= now:
        raise RejectedChangeError(field("to"), f"{time_text(end, zone)} is in the past")
    if end - start > LONGEST_OVERRIDE:
        raise RejectedChangeError(
            field("to"), "it is longer than two years; is the year right? For good, edit the rota"
        )


def _refuse_overlaps(changes: Sequence[RotaChange]) -> None:
    """Raise RejectedChangeError for two shifts at once in the same rota."""
    for number, one in enumerate(changes):
        for other in changes[:number]:
            if one.rota == other.rota and one.start < other.end and other.start < one.end:
                raise RejectedChangeError(
                    f"shifts.{number}.from", "it overlaps with another one of these shifts"
                )


def _takes_out_a_member(roster: Roster, change: RotaChange) -> bool:
    """Return whether somebody who takes turns is away: the others must not ask for them."""
    if change.person is not None or change.replaces is None:
        return False
    return any(
        is_member(rota, change.replaces, change.start, change.end)
        for name, rota in roster.rotas.items()
        if change.applies_to(name)
    )


def _without_effect(roster: Roster, change: RotaChange) -> RejectedChangeError:
    """Return why a change has no effect."""
    names = roster.people
    if change.replaces is not None:
        replaced = names[change.replaces]
        text = f"{replaced} is not on call then"
        if change.person is None:
            where = "any rota" if change.rota is None else f"rota {change.rota}"
            return RejectedChangeError("replaces", f"{replaced} has no shift in {where}")
        text += " by routes.yaml; to replace anyone who is on call, leave replaces out"
        return RejectedChangeError("replaces", text)
    if change.person is None:
        return RejectedChangeError("person", "nobody is on call then anyway")
    return RejectedChangeError("person", f"{names[change.person]} is on call then anyway")
