"""Claiming what may leave: heads of lanes, with what is stale folded or cancelled first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from gateway.core.lane import Move, next_move
from gateway.core.notice import Kind
from gateway.core.outbox import Notice
from gateway.flow.dispatch import LEASE
from gateway.store import Tx, outbox

UNHEARD = "cancelled: this target never heard of the beginning"
OVERTAKEN = "cancelled: what follows says more"


@dataclass(frozen=True, slots=True)
class Errand:
    """One notice to send now, and as what: a resolve may have become a late notice."""

    notice: Notice
    kind: Kind


def move_of(notice: Notice, each: bool) -> Move:
    """What to do with the lane that `notice` is the head of."""
    kinds = [notice.kind, *(kind for _, kind in notice.behind)]
    if notice.incident is None:
        return Move(0, notice.kind)
    return next_move(kinds, heard=notice.heard, each=each)


def settle(tx: Tx, claimed: Sequence[Notice], each: bool, now: float, owner: str) -> list[Errand]:
    """Fold and cancel in the claimed lanes; returns what is left to send."""
    errands = []
    for notice in claimed:
        ids = [notice.id, *(other for other, _ in notice.behind)]
        move = move_of(notice, each)
        if move.cancel:
            why = UNHEARD if move.send is None else OVERTAKEN
            outbox.cancel(tx, [ids[place] for place in move.cancel], why)
        if move.send is None:
            continue
        if move.fold:
            outbox.fold(tx, [ids[place] for place in move.fold], ids[move.send])
        chosen = notice
        if move.send != 0:
            chosen = outbox.take(tx, ids[move.send], owner, now + LEASE)
        errands.append(Errand(chosen, move.kind or chosen.kind))
    return errands


def claim(
    tx: Tx,
    channel: str,
    now: float,
    limit: int,
    owner: str,
    held: Collection[str],
    each: bool,
) -> list[Errand]:
    """Claim up to `limit` notices of `channel` for `owner`, the most important first."""
    notices = outbox.claim(tx, channel, now, limit, owner, now + LEASE, held)
    return settle(tx, notices, each, now, owner)
