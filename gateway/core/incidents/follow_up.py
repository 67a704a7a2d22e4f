"""Follow-up items of incidents: what is still to be done after the end."""

from dataclasses import dataclass

from gateway.core.actor import Actor

LONGEST_TEXT = 500
"""Characters. What needs more belongs into the team's tracker, which the text may link to."""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One item. Instants are Unix seconds; `due_at` is when it should be done.

    `owner` is a person's id, empty for nobody yet. `done_by` says who did it, None while it is
    open.
    """

    id: int  # 0 until the store gives it one
    incident: int
    text: str
    owner: str
    due_at: float | None
    created_at: float
    created_by: Actor
    done_at: float | None = None
    done_by: str | None = None

    @property
    def open(self) -> bool:
        """Whether it is still to be done."""
        return self.done_at is None

    def overdue(self, now: float) -> bool:
        """Return whether it should have been done by now."""
        return self.open and self.due_at is not None and self.due_at < now
