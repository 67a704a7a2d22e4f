"""A report: the figures of a selection of incidents, in total, in groups, and by person."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gateway.core.plan.plan import Plan
from gateway.core.plan.rota_receivers import rotas_by_receiver
from gateway.core.proof.findings import Share
from gateway.core.report.facts import Facts, IncidentFacts
from gateway.core.report.figures import Figures, Tally
from gateway.core.report.interruptions import Interruptions, count_interruptions
from gateway.core.report.noisy import Noise, NoisyAlert
from gateway.core.report.selection import Dimension, Selection
from gateway.core.report.spread import Durations, Spread
from gateway.core.time.wallclock import days, load_zone


@dataclass(frozen=True, slots=True)
class Group:
    """The figures of the incidents with one value of a dimension; an empty key for none."""

    key: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class PersonFigures:
    """The figures of one person: what reached them, and what they did."""

    person: str
    pages: int
    interruptions: Interruptions
    acknowledged: int
    to_acknowledge: Spread | None
    duty: Share | None = None  # their time on call; None where it was not asked for


@dataclass(frozen=True, slots=True)
class Report:
    """Figures of a selection.

    `columns` are those of a small chart: the start of each day, or of each hour, with the incidents
    that opened until the next.
    """

    selection: Selection
    zone: str
    totals: Figures
    by_severity: Sequence[Group]
    groups: Sequence[Group]
    columns: Sequence[tuple[float, int]]
    people: Sequence[PersonFigures]
    noisiest: Sequence[NoisyAlert]


class ReportBuilder:
    """Adds facts up to a report. Not thread-safe: one caller at a time."""

    def __init__(
        self,
        plan: Plan,
        selection: Selection,
        zone: str,
        by: Dimension | None = None,
        columns: Sequence[float] | None = None,
    ) -> None:
        """Days are those of `zone`, an IANA name; `by` is the dimension of `groups`.

        `columns` are the starts of the chart's columns, the first at the start of the selection;
        None for the days.
        """
        self._plan = plan
        self._selection = selection
        self._zone = zone
        self._by = by
        self._rotas = rotas_by_receiver(plan)
        self._days = [day.start for day in days(selection.start, selection.end, load_zone(zone))]
        self._columns = list(columns or self._days)
        self._column_counts = [0] * len(self._columns)
        self._by_severity: dict[str, Tally] = {}
        self._groups: dict[str, Tally] = {}
        self._noise = Noise()
        self._urgent: dict[str, list[float]] = {}
        self._pages: dict[str, int] = {}
        self._acknowledgements: dict[str, list[float | None]] = {}

    def add(self, facts: Facts) -> None:
        """Count the facts of some incidents, each incident once."""
        by_severity: dict[str, list[IncidentFacts]] = defaultdict(list)
        groups: dict[str, list[IncidentFacts]] = defaultdict(list)
        for one in facts.incidents:
            by_severity[one.severity].append(one)
            self._column_counts[bisect_right(self._columns, one.opened_at) - 1] += 1
            if self._by is not None:
                for key in self._keys(self._by, one):
                    groups[key].append(one)
            if one.acknowledgement is not None:
                waits = self._acknowledgements.setdefault(one.acknowledgement.by, [])
                waits.append(one.seconds_to_acknowledge)
        _add(self._by_severity, by_severity)
        _add(self._groups, groups)
        self._noise.add(facts.incidents)
        for notice in facts.urgent:
            self._urgent.setdefault(notice.person, []).append(notice.at)
        for person, count in facts.pages.items():
            self._pages[person] = self._pages.get(person, 0) + count

    def report(self, duty: Mapping[str, Share] | None = None) -> Report:
        """Return the report of what was added; `duty` are the shares of people on call."""
        totals = Tally()
        for tally in self._by_severity.values():
            totals.add_all(tally)
        return Report(
            self._selection,
            self._zone,
            totals.figures(),
            self._ordered(Dimension.SEVERITY, self._by_severity),
            self._ordered(self._by, self._groups) if self._by else (),
            list(zip(self._columns, self._column_counts, strict=True)),
            self._people(duty or {}),
            self._noise.noisiest(),
        )

    def _day(self, one: IncidentFacts) -> int:
        return bisect_right(self._days, one.opened_at) - 1

    def _keys(self, by: Dimension, one: IncidentFacts) -> Sequence[str]:
        """Return the groups that an incident belongs to; it may have several alerts and rotas."""
        match by:
            case Dimension.SEVERITY:
                return (one.severity,)
            case Dimension.TEAM:
                return (one.team,)
            case Dimension.ROTA:
                return self._rotas.get(one.receiver) or ("",)
            case Dimension.RECEIVER:
                return (one.receiver,)
            case Dimension.ROUTE:
                return (one.route_id,)
            case Dimension.ALERTNAME:
                return one.alertnames or ("",)
            case Dimension.DAY:
                return (f"{self._days[self._day(one)]:.0f}",)

    def _ordered(self, by: Dimension, tallies: Mapping[str, Tally]) -> list[Group]:
        """Return groups: severities by rank, days in order, others with most messages first."""
        groups = [Group(key, tally.figures()) for key, tally in tallies.items()]
        if by is Dimension.SEVERITY:
            return sorted(groups, key=lambda one: (self._plan.rank_of(one.key), one.key))
        if by is Dimension.DAY:
            return sorted(groups, key=lambda one: int(one.key))
        return sorted(
            groups, key=lambda one: (-one.figures.messages, -one.figures.incidents, one.key)
        )

    def _people(self, duty: Mapping[str, Share]) -> list[PersonFigures]:
        """Return the people of the report: the most interrupted first, then by pages."""
        names: Iterable[str] = {*self._pages, *self._urgent, *self._acknowledgements, *duty}
        if self._selection.person is not None:
            names = [self._selection.person]
        people = [self._person(name, duty.get(name)) for name in names]
        return sorted(people, key=lambda one: (-one.interruptions.total, -one.pages, one.person))

    def _person(self, name: str, duty: Share | None) -> PersonFigures:
        known = self._plan.people.get(name)
        waits = self._acknowledgements.get(name, [])
        return PersonFigures(
            name,
            self._pages.get(name, 0),
            count_interruptions(
                self._urgent.get(name, ()),
                known.timezone if known else "UTC",
                self._plan.business_hours,
            ),
            len(waits),
            Durations([wait for wait in waits if wait is not None]).spread(),
            duty,
        )


def _add(tallies: dict[str, Tally], facts: Mapping[str, Sequence[IncidentFacts]]) -> None:
    for key, some in facts.items():
        if key not in tallies:
            tallies[key] = Tally()
        tallies[key].add(some)
