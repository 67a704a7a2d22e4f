"""Figures of a time span as JSON values: one way for the API, the commands and the page."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from gateway.core.errors import GatewayError
from gateway.core.plan.plan import Plan
from gateway.core.report.selection import Dimension, Selection
from gateway.core.time.wallclock import load_zone
from gateway.flow.queries.report import read_report
from gateway.render.view.report import report_json
from gateway.store import Store

LONGEST = 800 * 86400.0
"""Seconds that a report may cover: two years of the longest usual retention. A longer range would
only make more days to list."""


class FiguresError(GatewayError):
    """A request that cannot be answered; the text says what to write instead."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field


class UnknownRotaError(FiguresError):
    """The routes declare no such rota."""


@dataclass(frozen=True, slots=True)
class FiguresRequest:
    """Which figures: the incidents, by what they are grouped, and the zone of the days.

    `rota` limits them to the receivers whose escalation names it. With `compare` the same length
    of time before stands beside.
    """

    selection: Selection
    zone: str
    by: Dimension | None = None
    rota: str | None = None
    compare: bool = False


async def read_figures(
    store: Store, plan: Plan, request: FiguresRequest, now: float
) -> Mapping[str, Any]:
    """Return the report that a request asks for, see `report_json`.

    Raises FiguresError, and StoreUnavailableError.
    """
    _check(plan, request)
    selection, zone = request.selection, request.zone
    by, rota = request.by, request.rota
    stored = await read_report(store, plan, selection, zone, now, by=by, rota=rota)
    before = None
    if request.compare:
        length = selection.end - selection.start
        earlier = replace(selection, start=selection.start - length, end=selection.start)
        before = await read_report(store, plan, earlier, zone, now, by=by, rota=rota)
    return report_json(
        plan,
        stored.report,
        by=by,
        deleted_before=stored.deleted_before,
        before=before.report if before else None,
    )


def _check(plan: Plan, request: FiguresRequest) -> None:
    """Raise FiguresError for a range, a rota or a zone that is invalid."""
    rota = request.rota
    if not 0 < request.selection.end - request.selection.start <= LONGEST:
        raise FiguresError("to", "must be after from, by at most 800 days")
    if rota is not None and rota not in plan.rotas:
        near = get_close_matches(rota, plan.rotas, 1)
        known = ", ".join(plan.rotas)
        raise UnknownRotaError(
            "rota", f"did you mean {near[0]}?" if near else f"known rotas: {known}"
        )
    try:
        load_zone(request.zone)
    except ValueError as error:
        raise FiguresError("zone", str(error)) from None
