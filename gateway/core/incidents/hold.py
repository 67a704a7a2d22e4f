"""Holds: how long a target or account is not used after "too many requests". Pure.

Less urgent notices wait until the hold ends. An urgent notice (see `Plan.is_urgent`) tries the
target once in `PROBE_EVERY` seconds, and its fallback is notified at once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from gateway.core.incidents.retry import (
    LONGEST_HOLD,
    PROBE_EVERY,
    URGENT_PATIENCE,
    Scope,
    SendError,
)

SHORT_HOLD = 1.0
"""Seconds to hold a target that answered "too many requests" without naming a time."""

ACCOUNT = ""
"""The scope of a hold on the whole account. All other scopes are target keys."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A target or account that is not used for a time. Instants are Unix seconds."""

    scope: str  # a target key, or ACCOUNT
    until: float
    tried_at: float  # the last attempt during the hold, or the one that began it

    @property
    def probe_at(self) -> float:
        """Return the instant from which one urgent notice may be tried."""
        return min(self.until, self.tried_at + PROBE_EVERY)

    def covers(self, target_key: str) -> bool:
        """Return whether the hold concerns this target."""
        return self.scope in (ACCOUNT, target_key)


@dataclass(frozen=True, slots=True)
class Wait:
    """A notice must not be sent now. `until` is the end of the hold."""

    next_at: float
    until: float
    fall_back: bool  # notify the fallback receiver now


def hold_after(error: SendError, target_key: str, holds: Iterable[Hold], now: float) -> Hold:
    """Return the hold that follows from a "rate limited" answer for this target.

    Slack does not say whether it limits the channel or the workspace. A second target that is
    refused while another one is on hold means the workspace.
    """
    active = [hold for hold in holds if hold.until > now]
    wide = error.scope is Scope.ACCOUNT or (
        error.scope is Scope.UNKNOWN and any(hold.scope != target_key for hold in active)
    )
    scope = ACCOUNT if wide else target_key
    seconds = SHORT_HOLD if error.retry_after is None else error.retry_after
    until = now + min(seconds, LONGEST_HOLD)
    return Hold(scope, max([until, *(h.until for h in active if h.scope == scope)]), now)


def merge_hold(holds: Iterable[Hold], new: Hold) -> tuple[Hold, ...]:
    """Return the holds with `new` in place of an older one of the same scope."""
    return (*(hold for hold in holds if hold.scope != new.scope), new)


def lift_holds(holds: Iterable[Hold], target_key: str, started_at: float) -> tuple[Hold, ...]:
    """Return the holds that remain after a message to this target was accepted.

    A send that started before the refusal says nothing about the hold.
    """
    return tuple(
        hold for hold in holds if not (hold.covers(target_key) and started_at >= hold.tried_at)
    )


def wait_on_hold(
    holds: Iterable[Hold], target_key: str, now: float, *, urgent: bool
) -> Wait | None:
    """Return how long a notice must wait, or None if it may be sent now."""
    active = [hold for hold in holds if hold.until > now and hold.covers(target_key)]
    if not active:
        return None
    until = max(hold.until for hold in active)
    if not urgent:
        return Wait(until, until, fall_back=False)
    next_at = max(hold.probe_at for hold in active)
    if next_at <= now:
        return None
    return Wait(next_at, until, fall_back=until - now > URGENT_PATIENCE)


def mark_probed(holds: Sequence[Hold], target_key: str, now: float) -> tuple[Hold, ...]:
    """Return the holds after a notice to this target was let through at `now`."""
    return tuple(
        replace(hold, tried_at=now) if hold.until > now and hold.covers(target_key) else hold
        for hold in holds
    )
