"""What a proof finds, as data; commands and pages write the sentences."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from gateway.core.time.spans import Span


class FindingKind(StrEnum):
    """The values are published in JSON."""

    NOBODY_NOTIFIED = "nobody notified"
    """A route on which an urgent alert would reach nobody."""
    UNCOVERED = "uncovered"
    """A rota without anybody on call."""
    UNKNOWN = "unknown"
    """A rota whose calendar is not known at that time: nobody can say who is on call."""
    UNREACHABLE = "unreachable"
    """A person on call whom no channel can reach."""
    RULED_OUT = "ruled out"
    """A person on call at a time when they said they are away."""
    TWO_ROTAS = "two rotas"
    """A person on call in two rotas at once."""
    HIDDEN_LAYER = "hidden layer"
    """A layer that never applies."""
    ESCALATION_ENDS = "escalation ends"
    """An escalation whose last step reaches nobody, and neither does the fallback."""


ERRORS = frozenset({FindingKind.NOBODY_NOTIFIED})
"""Kinds for which a page would reach nobody; the others are warnings."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that people should know before it happens.

    `rota`, `route` (its id), `escalation` and `person` (an id) name what it concerns; "" where it
    does not apply. `other` is the second rota of TWO_ROTAS, the receiver of a route, or the number
    of a layer. `spans` are the times in the span of the proof; empty where it always holds.
    """

    kind: FindingKind
    spans: tuple[Span, ...] = ()
    rota: str = ""
    route: str = ""
    escalation: str = ""
    person: str = ""
    other: str = ""

    @property
    def is_error(self) -> bool:
        """Whether a page would reach nobody."""
        return self.kind in ERRORS


@dataclass(frozen=True, slots=True)
class Share:
    """A person's share of the duty in seconds; nights, weekends and holidays may overlap."""

    person: str
    total: float
    nights: float
    weekends: float
    holidays: float
    shifts: int


@dataclass(frozen=True, slots=True)
class Proof:
    """The findings of [start, end), errors first, and the shares of all rotas together and each."""

    start: float
    end: float
    findings: tuple[Finding, ...]
    shares: tuple[Share, ...]
    shares_by_rota: Mapping[str, tuple[Share, ...]]

    @property
    def ok(self) -> bool:
        """Whether no finding is an error."""
        return not any(finding.is_error for finding in self.findings)
