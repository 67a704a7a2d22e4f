"""The facts that reports are made of, as the store reads them. Instants are Unix seconds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class Acknowledgement(NamedTuple):
    """The first acknowledgement of an incident."""

    at: float
    by: str  # a person's id, or another actor's


class IncidentFacts(NamedTuple):
    """What a report reads of one incident. A notice counts when the vendor accepted it.

    `alertnames` are those of its alerts, sorted. `lasted` is in seconds, None while it is open. A
    tuple, because a report makes a hundred thousand of them.
    """

    number: int
    opened_at: float
    severity: str
    team: str  # empty: none
    receiver: str
    route_id: str
    alertnames: tuple[str, ...] = ()
    lasted: float | None = None
    missed: bool = False  # the acknowledge-by time passed without an acknowledgement
    flapping: bool = False
    first_notice_at: float | None = None
    messages: int = 0
    pages: int = 0
    acknowledgement: Acknowledgement | None = None
    acted: bool = False  # a person or a vendor acted on it
    useful: bool = False  # somebody marks it as useful
    noise: bool = False  # somebody marks it as noise

    @property
    def resolved(self) -> bool:
        """Whether it is over."""
        return self.lasted is not None

    @property
    def seconds_to_acknowledge(self) -> float | None:
        """Seconds from the first notice to the first acknowledgement; None without either.

        0 if it was acknowledged before any notice was accepted.
        """
        if self.acknowledgement is None or self.first_notice_at is None:
            return None
        return max(0.0, self.acknowledgement.at - self.first_notice_at)


class UrgentNotice(NamedTuple):
    """An urgent notice to a person that the vendor accepted at `at`."""

    person: str
    at: float


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of some incidents. `pages` are counts by person."""

    incidents: tuple[IncidentFacts, ...] = ()
    urgent: tuple[UrgentNotice, ...] = ()
    pages: Mapping[str, int] = field(default_factory=dict)
