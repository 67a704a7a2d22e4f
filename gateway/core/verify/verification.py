"""The result of verifying a time span: counts of what was checked, and what is missing."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from gateway.core.time.spans import Span
from gateway.core.verify.decisions import check_decisions
from gateway.core.verify.ends import check_ends
from gateway.core.verify.facts import Circumstances, IncidentFacts
from gateway.core.verify.order import check_order
from gateway.core.verify.outbox import check_records
from gateway.core.verify.promise import BrokenPromise, Check, Promise
from gateway.core.verify.repetitions import check_repetitions
from gateway.core.verify.responses import check_responses
from gateway.core.verify.unnotified_alerts import check_alerts

MOST_LISTED = 1000
"""Broken promises that are listed; more are only counted. Higher takes more memory and makes pages
longer than anybody reads."""


@dataclass(frozen=True, slots=True)
class Verification:
    """What was checked of a time span, and which promises do not hold in it.

    `missing` counts all of them, `broken` lists the first MOST_LISTED. Incidents resolved before
    `deleted_before` (Unix seconds) are deleted; None: none of the span can be missing. `downtimes`
    are those in the span.
    """

    span: Span
    verified_at: float
    alerts: int
    incidents: int
    notices: int
    missing: Mapping[Promise, int]
    broken: Sequence[BrokenPromise]
    deleted_before: float | None = None
    downtimes: Sequence[Span] = ()

    @property
    def total(self) -> int:
        """How many promises do not hold."""
        return sum(self.missing.values())


@dataclass(slots=True)
class Tally:
    """Adds up what is checked, in bounded memory. Used by one thread at a time."""

    alerts: int = 0
    incidents: int = 0
    notices: int = 0
    missing: Counter[Promise] = field(default_factory=Counter)
    broken: list[BrokenPromise] = field(default_factory=list)

    def add(self, broken: Iterable[BrokenPromise]) -> None:
        """Add broken promises."""
        for one in broken:
            self.missing[one.promise] += 1
            if len(self.broken) < MOST_LISTED:
                self.broken.append(one)

    def add_incident(self, incident: IncidentFacts, circumstances: Circumstances) -> None:
        """Check an incident and its notices."""
        self.incidents += 1
        self.notices += len(incident.notices)
        self.add(broken_promises(incident, circumstances))


def broken_promises(
    incident: IncidentFacts, circumstances: Circumstances
) -> Iterator[BrokenPromise]:
    """Check one incident. What one fault explains is reported once."""
    decisions = list(check_decisions(incident, circumstances))
    yield from decisions
    if any(one.check in (Check.NOT_DECIDED, Check.MESSAGE_LOST) for one in decisions):
        return  # the rest of what is stored of it cannot be relied on
    yield from check_alerts(incident, circumstances)
    order = list(check_order(incident))
    yield from order
    after_end = {one.subject for one in order if one.check is Check.AFTER_END}
    yield from (one for one in check_ends(incident, circumstances) if one.subject not in after_end)
    yield from check_repetitions(incident)
    yield from check_responses(incident, circumstances)
    yield from check_records(incident)
