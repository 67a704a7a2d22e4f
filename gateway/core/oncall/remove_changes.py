"""Removing changes: they become void, and are kept. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from gateway.core.actor import Actor
from gateway.core.oncall.add_changes import refuse_unreachable
from gateway.core.oncall.changes import RotaChange, Voiding
from gateway.core.oncall.rejected import ChangeConflictError, UnknownChangeError
from gateway.core.oncall.roster import Effect, Roster, find_effects, without


class RemovedChanges(NamedTuple):
    """Changes that are void now, and where other people are on call without them."""

    changes: tuple[RotaChange, ...]
    effects: tuple[Effect, ...]


def remove_changes(
    roster: Roster,
    stored: Mapping[int, RotaChange],
    ids: Sequence[int],
    actor: Actor,
    why: str,
    now: float,
    *,
    anyway: bool = False,
) -> RemovedChanges:
    """Decide to make changes void, all of them or none.

    Raises UnknownChangeError for an id that is not stored, ChangeConflictError for one that is
    void or over already, and RejectedChangeError if that leaves a rota without anyone who can be
    reached; `anyway` allows it.
    """
    removed = [_removed(stored, number, actor, why, now) for number in dict.fromkeys(ids)]
    after = without(roster.rotas, ids)
    end = max(one.end for one in removed)
    effects = tuple(find_effects(roster.rotas, after, now, end))
    if not anyway:
        refuse_unreachable(roster, after, effects)
    return RemovedChanges(tuple(removed), effects)


def _removed(
    stored: Mapping[int, RotaChange], number: int, actor: Actor, why: str, now: float
) -> RotaChange:
    change = stored.get(number)
    if change is None:
        raise UnknownChangeError("id", f"there is no change {number}")
    if change.voiding is not None:
        raise ChangeConflictError("id", f"change {number} is void: {change.voiding.reason}")
    if change.end <= now:
        raise ChangeConflictError("id", f"change {number} is over")
    reason = f"removed: {why}" if why else "removed"
    return replace(change, voiding=Voiding(reason, now, actor))
