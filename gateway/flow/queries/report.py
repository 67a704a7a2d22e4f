"""Reports over stored incidents, read in pieces beside the other readers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from gateway.core.oncall.rota import Stint
from gateway.core.plan.plan import Plan
from gateway.core.plan.rota_receivers import receivers_of_rota
from gateway.core.proof.fairness import shares
from gateway.core.proof.findings import Share
from gateway.core.report.report import Report, ReportBuilder
from gateway.core.report.selection import Dimension, Selection
from gateway.flow.queries.duty import DutyReader
from gateway.store import Store, Tx
from gateway.store.queries.report import ReportFacts
from gateway.store.state import retention


@dataclass(frozen=True, slots=True)
class StoredReport:
    """A report, and since when its facts are complete.

    Incidents that were resolved before `deleted_before` (Unix seconds) are deleted; None if all are
    still stored, or none of the range can be missing. `uncovered` says by rota for how many seconds
    nobody was on call.
    """

    report: Report
    deleted_before: float | None
    uncovered: Mapping[str, float]


async def read_report(
    store: Store,
    plan: Plan,
    selection: Selection,
    zone: str,
    now: float,
    *,
    by: Dimension | None = None,
    rota: str | None = None,
    columns: Sequence[float] | None = None,
) -> StoredReport:
    """Read the facts of a selection and add them up. Raises StoreUnavailableError.

    Each piece is one short read, so that others take their turn in between. `rota` limits the
    selection to the receivers whose escalation names it. `columns`: see `ReportBuilder`.
    """
    if rota is not None:
        selection = limited_to_rota(plan, selection, rota)
    facts = ReportFacts(selection, plan.urgent_rank)
    builder = ReportBuilder(plan, selection, zone, by, columns)

    def add_piece(tx: Tx) -> None:
        builder.add(facts.next_piece(tx))

    while not facts.finished:
        await store.read(add_piece)
    rotas = _rotas(plan, selection, rota)

    def end(tx: Tx) -> StoredReport:
        deleted = retention.deleted_before(tx)
        missing = deleted is not None and deleted > selection.start
        duty = _duty(tx, plan, rotas, selection, now)
        return StoredReport(
            builder.report(duty.shares),
            float(deleted) if deleted and missing else None,
            duty.uncovered,
        )

    return await store.read(end)


def limited_to_rota(plan: Plan, selection: Selection, rota: str) -> Selection:
    """Return the selection of the incidents of a rota."""
    return replace(selection, receivers=receivers_of_rota(plan, rota))


def _rotas(plan: Plan, selection: Selection, rota: str | None) -> Sequence[str]:
    """Return the rotas whose duty belongs to a selection: its own, its team's, or all."""
    if rota is not None:
        return (rota,)
    if selection.team is None:
        return tuple(plan.rotas)
    team = plan.teams.get(selection.team)
    return team.rotas if team else ()


def _duty(tx: Tx, plan: Plan, rotas: Sequence[str], selection: Selection, now: float) -> "_Duty":
    """Return who was on call in the range, up to `now`."""
    end = min(selection.end, now)
    if end <= selection.start:
        return _Duty({}, {})
    reader = DutyReader(tx, plan.rotas, now)
    stints: list[Stint] = []
    uncovered = {}
    for rota in rotas:
        shifts = reader.shifts(rota, selection.start, end)
        stints += [
            Stint(person, shift.start, shift.end) for shift in shifts for person in shift.people
        ]
        uncovered[rota] = sum(
            shift.end - shift.start for shift in shifts if not (shift.people or shift.unknown)
        )
    return _Duty({share.person: share for share in shares(plan, stints)}, uncovered)


class _Duty(NamedTuple):
    """The shares of people, and by rota for how many seconds nobody was on call."""

    shares: Mapping[str, Share]
    uncovered: Mapping[str, float]
