"""Result of one deciding transaction: what to send, and when the next one is due."""

from collections.abc import Callable
from dataclasses import dataclass, field

from gateway.core.decide.result import Decision
from gateway.flow.runtime.claimed_notice import ClaimedNotice
from gateway.store import Tx


@dataclass(slots=True)
class DispatchResult:
    """What one transaction decided and claimed."""

    decided: int = 0
    claimed_notices: list[ClaimedNotice] = field(default_factory=list)
    account_keys: set[str] = field(default_factory=set)  # with notices that were not claimed
    decisions: list[Decision] = field(default_factory=list)
    next_due: float | None = None
    began: float = 0.0  # monotonic seconds when the transaction began


Decide = Callable[[Tx, float], DispatchResult]
"""(tx, now): decides a batch of the incidents that are due at `now`."""
