"""An action that somebody asks for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.core.actions.table import ActionName

WITH_OTHER = frozenset({ActionName.MERGE, ActionName.LINK, ActionName.UNLINK})
"""Actions that name a second incident."""

ON_ITSELF = frozenset(
    {
        ActionName.MERGE,
        ActionName.UNMERGE,
        ActionName.LINK,
        ActionName.UNLINK,
        ActionName.USEFUL,
        ActionName.NOISE,
        ActionName.UNRATE,
        ActionName.TEAM,
    }
)
"""Actions on a merged incident that are about itself; others go to the one it was merged into."""


@dataclass(frozen=True, slots=True)
class Wish:
    """An action that `person` asks for. `at` is when they did; it may arrive later."""

    action: ActionName
    number: int
    person: str
    at: float
    id: str
    other: int | None = None
    holder: str = ""  # whom the person sees as the holder; empty: nobody
    arguments: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        other = "" if self.other is None else f" #{self.other}"
        return f"{self.person}: {self.action} #{self.number}{other}"
