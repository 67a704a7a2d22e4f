"""Swaps: two people exchange shifts, or one takes a shift of the other. Values and their states."""

from dataclasses import dataclass
from enum import StrEnum

from gateway.core.actor import Actor
from gateway.core.time.spans import Span


class SwapState(StrEnum):
    """What became of a swap. The values are stored; "expired" is not, it follows from the time."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    VOID = "void"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class SwapAnswer:
    """By whom and when (unix seconds UTC) a swap was decided; `reason` is why it is void."""

    actor: Actor
    at: float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Swap:
    """A person asks another one to take their shift, perhaps for one of the other's in return.

    `gives` is the shift of `person` that `other` would take, `takes` the one of `other` that
    `person` would take; None: nothing in return. `id` is 0 until it is stored.
    """

    rota: str
    person: str
    other: str
    gives: Span
    takes: Span | None
    actor: Actor
    why: str
    created_at: float
    state: SwapState = SwapState.OPEN
    answer: SwapAnswer | None = None
    id: int = 0

    @property
    def expires_at(self) -> float:
        """When it cannot be accepted any more: one of the shifts is over."""
        return self.gives.end if self.takes is None else min(self.gives.end, self.takes.end)

    def state_at(self, now: float) -> SwapState:
        """Return its state; nobody has answered in time: EXPIRED."""
        if self.state is SwapState.OPEN and now >= self.expires_at:
            return SwapState.EXPIRED
        return self.state
