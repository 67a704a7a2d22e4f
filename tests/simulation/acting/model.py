"""The model: what an action does to an incident, written from the documentation.

`docs/acknowledging.md` and `docs/working-on-an-incident.md` say it. The model knows what people see
of an incident, and returns every outcome that the documentation allows.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from gateway.core.actions.table import ActionName
from gateway.core.incidents.incident import Incident, Member, State
from gateway.core.incidents.timeline import TimelineEntry, TimelineKind
from tests.flow.world import MINUTE
from tests.simulation.acting.wish import ON_ITSELF, Wish

Name = ActionName
Changes = Mapping[str, Any]
REFUSED: Changes = {}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An incident as people see it."""

    number: int
    state: str
    holder: str | None = None
    held_at: float = 0.0
    held_until: float = 0.0
    taken_from: str | None = None
    back_until: float = 0.0
    offered_to: str | None = None
    snoozed_until: float | None = None
    merged_into: int | None = None
    merged: frozenset[int] = frozenset()
    related: frozenset[int] = frozenset()
    ratings: frozenset[tuple[str, bool]] = frozenset()
    team: str = ""
    comments: int = 0
    fires: bool = False  # an alert of it, or of one that was merged into it, fires
    uncovered: bool = False  # an alert fires that the acknowledgement does not cover
    resolved_manually: bool = False
    succeeded: bool = False  # its group has another open incident
    entries: int = 0  # lines of its timeline

    @property
    def open(self) -> bool:
        """Return whether it is not resolved."""
        return self.state != "resolved"


COMPARED = tuple(
    one.name
    for one in fields(Snapshot)
    if one.name not in ("held_at", "held_until", "taken_from", "back_until", "entries")
    and one.name not in ("fires", "uncovered", "resolved_manually", "succeeded")
)
"""What the model predicts."""


def snapshot(
    incident: Incident,
    members: list[Member],
    lines: list[TimelineEntry],
    now: float,
    *,
    succeeded: bool,
) -> Snapshot:
    """Return what people see; `members` are also those of incidents merged into it."""
    ack, done = incident.ack, incident.responses
    firing = [one for one in members if one.firing(now)]
    snooze = done.snooze
    return Snapshot(
        incident.number,
        incident.state.value,
        holder=ack.by if ack is not None and incident.open else None,
        held_at=ack.at if ack else 0.0,
        held_until=ack.expires_at if ack else 0.0,
        taken_from=ack.previous.by if ack and ack.previous else None,
        back_until=min(ack.at + 10 * MINUTE, ack.previous.expires_at)
        if ack and ack.previous
        else 0.0,
        offered_to=done.offer.to if done.offer else None,
        snoozed_until=round(snooze.until) if snooze is not None and not snooze.ended_by else None,
        merged_into=done.merged_into,
        merged=frozenset(done.merged),
        related=frozenset(done.related),
        ratings=frozenset((one.by, one.useful) for one in done.ratings),
        team=incident.team,
        comments=sum(line.kind == TimelineKind.COMMENTED for line in lines),
        fires=bool(firing),
        uncovered=any(not one.acked for one in firing),
        resolved_manually=incident.state is State.RESOLVED and done.closing is not None,
        succeeded=succeeded,
        entries=len(lines),
    )


def outcomes(wish: Wish, it: Snapshot, other: Snapshot | None, now: float) -> list[Changes]:
    """Return what a wish may change in the incident that it goes to."""
    if wish.action in (Name.MERGE, Name.UNMERGE, Name.LINK, Name.UNLINK):
        return _of_two(wish, it, other)
    rule = _RULES.get(wish.action)
    return [REFUSED] if rule is None else rule(wish, it, now)


def after(it: Snapshot, changes: Changes) -> Snapshot:
    """Return the incident after these changes."""
    return replace(it, **changes)


def _ack(wish: Wish, it: Snapshot, now: float) -> list[Changes]:
    mine = {"holder": wish.person, "state": "acknowledged", "offered_to": None}
    if not it.open or not it.fires:
        return [REFUSED]
    if it.holder is None or it.offered_to == wish.person:
        return [mine]
    # Who acknowledges again covers alerts that came since and were notified.
    return [REFUSED, mine, {**mine, "offered_to": it.offered_to}] if it.uncovered else [REFUSED]


def _take(wish: Wish, it: Snapshot, now: float) -> list[Changes]:
    if it.holder in (None, wish.person) or it.offered_to == wish.person:
        return _ack(wish, it, now)
    held = wish.holder != it.holder if wish.holder else now < it.held_at + MINUTE
    if not it.open or not it.fires or held:
        return [REFUSED]
    return [{"holder": wish.person, "state": "acknowledged", "offered_to": None}]


def _unack(wish: Wish, it: Snapshot, now: float) -> list[Changes]:
    if it.holder is None:
        return [REFUSED]
    return [{"holder": None, "state": "firing", "offered_to": None}]


def _back(wish: Wish, it: Snapshot, now: float) -> list[Changes]:
    if it.holder is None or it.taken_from is None or now >= it.back_until or not it.fires:
        return [REFUSED]
    return [{"holder": it.taken_from, "state": "acknowledged", "offered_to": None}]


def _handover(wish: Wish, it: Snapshot, now: float) -> list[Changes]:
    to = wish.arguments["to"]
    return [REFUSED] if it.holder in (None, to) else [{"offered_to": to}]


def _decline(wish: Wish, it: Snapshot, now: float) -> list[Changes]:
    return [{"offered_to": None}] if it.offered_to else [REFUSED]


def _comment(wish: Wish, it: Snapshot, now: float) -> list[Changes]:
    return [{"comments": it.comments + 1}]


def _resolve(wish: Wish, it: Snapshot, now: float) -> list[Changes]:
    if not it.open:
        return [REFUSED]
    return [{"state": "resolved", "holder": None, "offered_to": None, "snoozed_until": None}]


def _reopen(wish: Wish, it: Snapshot, now: float) -> list[Changes]:
    if it.open or it.succeeded or not it.resolved_manually or not it.fires:
        return [REFUSED]
    return [{"state": "firing", "holder": None}]


def _snooze(wish: Wish, it: Snapshot, now: float) -> list[Changes]:
    return [{"snoozed_until": round(wish.arguments["until"])}] if it.open else [REFUSED]


def _unsnooze(wish: Wish, it: Snapshot, now: float) -> list[Changes]:
    return [{"snoozed_until": None}] if it.open and it.snoozed_until else [REFUSED]


def _rate(wish: Wish, it: Snapshot, now: float) -> list[Changes]:
    mine = {Name.USEFUL: {(wish.person, True)}, Name.NOISE: {(wish.person, False)}}
    others = {one for one in it.ratings if one[0] != wish.person}
    return [{"ratings": frozenset(others | mine.get(wish.action, set()))}]


def _team(wish: Wish, it: Snapshot, now: float) -> list[Changes]:
    return [{"team": wish.arguments["team"]}]


def _of_two(wish: Wish, it: Snapshot, other: Snapshot | None) -> list[Changes]:
    if wish.action is Name.UNMERGE:
        return [{"merged_into": None}] if it.open and it.merged_into else [REFUSED]
    assert other is not None
    if wish.action is Name.UNLINK:
        return [{"related": it.related - {other.number}}]
    if other.number == it.number:
        return [REFUSED]
    if wish.action is Name.LINK:
        return [{"related": it.related | {other.number}}]
    apart = it.merged_into is None and other.merged_into is None
    if not (it.open and other.open and apart):
        return [REFUSED]
    # Who holds it, and what it puts off, is from now on a matter of the other.
    ended = {"snoozed_until": None, "offered_to": None, "holder": None, "state": "firing"}
    return [{"merged_into": other.number, "merged": frozenset(), **ended}]


Rule = Callable[[Wish, Snapshot, float], list[Changes]]
_RULES: Mapping[ActionName, Rule] = {
    Name.ACK: _ack,
    Name.TAKE: _take,
    Name.UNACK: _unack,
    Name.BACK: _back,
    Name.HANDOVER: _handover,
    Name.DECLINE: _decline,
    Name.COMMENT: _comment,
    Name.RESOLVE: _resolve,
    Name.REOPEN: _reopen,
    Name.SNOOZE: _snooze,
    Name.UNSNOOZE: _unsnooze,
    Name.USEFUL: _rate,
    Name.NOISE: _rate,
    Name.UNRATE: _rate,
    Name.TEAM: _team,
}
"""The others change nothing that is compared: they notify, or hold an acknowledgement longer."""


def fits(wish: Wish, it: Snapshot, now: float) -> bool:
    """Return whether the action is likely to be performed, for draws that reach everything."""
    match wish.action:
        case Name.ACK:
            return it.open and it.fires and it.holder is None
        case Name.TAKE:
            return it.fires and it.holder not in (None, wish.person)
        case Name.UNACK | Name.EXTEND:
            return it.holder is not None
        case Name.HANDOVER:
            return it.holder not in (None, wish.arguments["to"])
        case Name.BACK:
            return it.holder is not None and now < it.back_until
        case Name.UNLINK:
            return bool(it.related)
        case Name.UNRATE:
            return wish.person in dict(it.ratings)
        case Name.MERGE | Name.LINK | Name.ESCALATE | Name.PAGE:
            return it.open and it.merged_into is None
        case _:
            itself = wish.action in ON_ITSELF or it.merged_into is None
            return itself and outcomes(wish, it, None, now) != [REFUSED]
