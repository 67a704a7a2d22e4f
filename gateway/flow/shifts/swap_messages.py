"""Messages about swaps: to the person who is asked, and to the one who waits for the answer."""

from typing import Any

from gateway.core.incidents.notice import NoticeKind, NotifyReason, Subject, SubjectKind
from gateway.core.oncall.swaps import Swap, SwapState
from gateway.core.plan.plan import Plan
from gateway.core.time.spans import Span
from gateway.flow.shifts.messages import ShiftMessage, notify_person
from gateway.store import Tx

ASKED_PERSON_IS_NOTIFIED = (SwapState.OPEN, SwapState.CANCELLED)
"""States that concern the person who was asked; the others concern the one who asked."""


def notify_swap(tx: Tx, plan: Plan, swap: Swap, now: float) -> None:
    """Queue the message about what became of a swap, in the transaction that stores it.

    Nobody is notified of their own doing. Links are derived when the message is sent: the notice
    holds the swap's id.
    """
    state = swap.state_at(now)
    person = swap.other if state in ASKED_PERSON_IS_NOTIFIED else swap.person
    if swap.answer is not None and swap.answer.actor.id == person:
        return
    _notify(tx, plan, person, swap, state, now)


def notify_void_swap(tx: Tx, plan: Plan, swap: Swap, now: float) -> None:
    """Queue the message that a new routes.yaml made a swap void, to both people who still exist."""
    for person in (swap.person, swap.other):
        _notify(tx, plan, person, swap, SwapState.VOID, now)


def _notify(tx: Tx, plan: Plan, person: str, swap: Swap, state: SwapState, now: float) -> None:
    is_asked = state is SwapState.OPEN
    message = ShiftMessage(
        Subject(SubjectKind.SWAP, str(swap.id)),
        NoticeKind.SWAP,
        NotifyReason.SWAP_ASKED if is_asked else NotifyReason.SWAP_ANSWERED,
        _content(plan, swap, state),
    )
    notify_person(tx, plan, person, message, now, latest=swap.gives.start)


def _content(plan: Plan, swap: Swap, state: SwapState) -> dict[str, Any]:
    return {
        "rota": swap.rota,
        "why": swap.answer.reason if swap.answer and swap.answer.reason else swap.why,
        "swap": {
            "id": swap.id,
            "state": state.value,
            "person": plan.name_of(swap.person),
            "other": plan.name_of(swap.other),
            "gives": _span(swap.gives),
            "takes": None if swap.takes is None else _span(swap.takes),
            "expires_at": swap.expires_at,
        },
    }


def _span(span: Span) -> dict[str, float]:
    return {"starts_at": span.start, "ends_at": span.end}
