"""Answering a swap: accept, decline, cancel, and the changes that an accepted one makes. Pure."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from gateway.core.actor import Actor
from gateway.core.oncall.add_changes import refuse_unreachable
from gateway.core.oncall.change_text import span_text
from gateway.core.oncall.changes import RotaChange
from gateway.core.oncall.rejected import ChangeConflictError, RejectedChangeError
from gateway.core.oncall.roster import Effect, Roster, find_effects, with_added
from gateway.core.oncall.rota import Rota, shifts
from gateway.core.oncall.swaps import Swap, SwapAnswer, SwapState
from gateway.core.time.spans import Span


class AcceptedSwap(NamedTuple):
    """The swap, the changes to store (without ids), and where other people are on call."""

    swap: Swap
    changes: tuple[RotaChange, ...]
    effects: tuple[Effect, ...]


def accept_swap(roster: Roster, swap: Swap, actor: Actor, now: float) -> AcceptedSwap:
    """Decide that the person who was asked accepts.

    Raises RejectedChangeError if somebody else does, and ChangeConflictError if the swap is not
    open any more, or if the two are no longer on call then.
    """
    _check_open(roster, swap, now)
    _check_actor(roster, swap.other, actor, "accept")
    changes = swap_changes(roster, swap, actor, now)
    after = with_added(roster.rotas, changes)
    effects = tuple(
        find_effects(
            roster.rotas,
            after,
            min(one.start for one in changes),
            max(one.end for one in changes),
        )
    )
    refuse_unreachable(roster, after, effects)
    answered = replace(swap, state=SwapState.ACCEPTED, answer=SwapAnswer(actor, now))
    return AcceptedSwap(answered, changes, effects)


def decline_swap(roster: Roster, swap: Swap, actor: Actor, now: float) -> Swap:
    """Decide that the person who was asked declines. Raises as `accept_swap` does."""
    _check_open(roster, swap, now)
    _check_actor(roster, swap.other, actor, "decline")
    return replace(swap, state=SwapState.DECLINED, answer=SwapAnswer(actor, now))


def cancel_swap(roster: Roster, swap: Swap, actor: Actor, now: float) -> Swap:
    """Decide that the person who asked takes it back. Raises as `accept_swap` does."""
    _check_open(roster, swap, now)
    _check_actor(roster, swap.person, actor, "cancel")
    return replace(swap, state=SwapState.CANCELLED, answer=SwapAnswer(actor, now))


def void_swaps(
    swaps: Iterable[Swap],
    rotas: Collection[str],
    people: Collection[str],
    actor: Actor,
    now: float,
) -> list[Swap]:
    """Return the open swaps that are void, because routes.yaml lacks what they name."""
    voided = []
    for swap in swaps:
        missing = None if swap.rota in rotas else f"rota {swap.rota}"
        for person in (swap.person, swap.other):
            missing = missing or (None if person in people else f"person {person}")
        if missing is not None and swap.state_at(now) is SwapState.OPEN:
            answer = SwapAnswer(actor, now, f"{missing} was removed from routes.yaml")
            voided.append(replace(swap, state=SwapState.VOID, answer=answer))
    return voided


def swap_changes(roster: Roster, swap: Swap, actor: Actor, now: float) -> tuple[RotaChange, ...]:
    """Return the changes by which the two take each other's shifts, from now on.

    Raises ChangeConflictError if they are not on call then, or cannot be replaced.
    """
    rota = roster.rotas.get(swap.rota)
    if rota is None:
        raise ChangeConflictError("id", f"there is no rota {swap.rota} any more")
    wishes = list(_replacements(swap, now))
    for taker, giver, span in wishes:
        _check_on_call(roster, rota, giver, taker, span)
    changes = tuple(_change(swap, actor, now, one, plain=False) for one in wishes)
    if _have_effect(rota, changes, wishes):
        return changes
    # `replaces` reads the file. If an earlier change put them on call, anyone is replaced.
    changes = tuple(_change(swap, actor, now, one, plain=True) for one in wishes)
    alone = all(_is_alone(rota, giver, span) for _, giver, span in wishes)
    if alone and _have_effect(rota, changes, wishes):
        return changes
    raise ChangeConflictError(
        "id", "an earlier change already decides who is on call then; remove it, then swap"
    )


class _Replacement(NamedTuple):
    taker: str
    giver: str
    span: Span


def _replacements(swap: Swap, now: float) -> Iterator[_Replacement]:
    yield _Replacement(swap.other, swap.person, Span(max(swap.gives.start, now), swap.gives.end))
    if swap.takes is not None:
        span = Span(max(swap.takes.start, now), swap.takes.end)
        yield _Replacement(swap.person, swap.other, span)


def _change(swap: Swap, actor: Actor, now: float, one: _Replacement, *, plain: bool) -> RotaChange:
    return RotaChange(
        rota=swap.rota,
        person=one.taker,
        start=one.span.start,
        end=one.span.end,
        actor=actor,
        why=swap.why,
        created_at=now,
        replaces=None if plain else one.giver,
        swap=swap.id,
    )


def _check_on_call(roster: Roster, rota: Rota, giver: str, taker: str, span: Span) -> None:
    planned = shifts(rota, *span)
    when = span_text(*span, rota.zone)
    if not all(giver in shift.people for shift in planned):
        name = roster.people.get(giver, giver)
        raise ChangeConflictError("id", f"{name} is not on call any more during all of {when}")
    if any(taker in shift.people for shift in planned):
        name = roster.people.get(taker, taker)
        raise ChangeConflictError("id", f"{name} is on call then too: {when}")


def _is_alone(rota: Rota, person: str, span: Span) -> bool:
    return all(shift.people == (person,) for shift in shifts(rota, *span))


def _have_effect(rota: Rota, changes: Iterable[RotaChange], wishes: Iterable[_Replacement]) -> bool:
    changed = with_added({rota.name: rota}, changes)[rota.name]
    return all(
        taker in shift.people and giver not in shift.people
        for taker, giver, span in wishes
        for shift in shifts(changed, *span)
    )


def _check_open(roster: Roster, swap: Swap, now: float) -> None:
    state = swap.state_at(now)
    if state is SwapState.OPEN:
        return
    text = f"swap {swap.id} is {state.value}"
    if swap.answer is not None:
        by = roster.people.get(swap.answer.actor.id, swap.answer.actor.id)
        text += f": {swap.answer.reason}" if swap.answer.reason else f" by {by}"
    raise ChangeConflictError("id", text)


def _check_actor(roster: Roster, person: str, actor: Actor, verb: str) -> None:
    if actor.id != person:
        name = roster.people.get(person, person)
        raise RejectedChangeError("as", f"only {name} can {verb} this swap")
