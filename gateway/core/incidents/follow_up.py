"""Follow-up items of incidents: what is still to be done after the end."""

from dataclasses import dataclass, replace

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


@dataclass(frozen=True, slots=True)
class FollowUpChange:
    """What changes of an item; None leaves a field as it is.

    An empty `owner` means nobody. `no_due` removes the date and wins over `due_at`.
    """

    text: str | None = None
    owner: str | None = None
    due_at: float | None = None
    no_due: bool = False

    def applied_to(self, item: FollowUp) -> FollowUp:
        """Return the item as it is after the change."""
        due_at = item.due_at if self.due_at is None else self.due_at
        return replace(
            item,
            text=item.text if self.text is None else self.text.strip(),
            owner=item.owner if self.owner is None else self.owner,
            due_at=None if self.no_due else due_at,
        )
