"""Endpoints about rotas, answered by the functions that paging and the CLI use."""

import asyncio
from collections.abc import Awaitable, Sequence
from typing import TypeVar

from gateway.core.oncall.rota import Rota
from gateway.core.oncall.turns_json import changes_to_json, turns_to_json
from gateway.core.plan.plan import Plan
from gateway.core.proof.build import build_proof
from gateway.core.time.business_hours import holidays_between
from gateway.flow.engine import Engine
from gateway.flow.queries.duty import DutyReader
from gateway.render.view.proof import proof_json
from gateway.store import Tx
from gateway.store.state import changes
from gateway.web.api_v1 import models, requests
from gateway.web.api_v1.changes import change_model
from gateway.web.api_v1.models.changes import Change
from gateway.web.api_v1.serialize import person
from gateway.web.http.errors import RequestError

T = TypeVar("T")
LONGEST = 366 * 86400.0
"""Seconds that one answer may cover: a year of shifts of every rota."""


async def on_call(engine: Engine, query: requests.OnCallQuery) -> models.OnCall:
    """Return who is on call in one rota or in all: at an instant, or over a time span."""
    plan, now = engine.plan, engine.now()
    rotas = _rotas(plan, query.rota)
    if query.start is None and query.end is None:
        at = now if query.at is None else query.at

        def duty_work(tx: Tx) -> models.OnCall:
            reader = DutyReader(tx, plan.rotas, now)
            duty = [_duty(plan, reader, rota, at) for rota in rotas]
            return models.OnCall(
                duty=duty, shifts=[], changes=_changes(tx, plan, rotas, (at, at + 1.0), now)
            )

        return await _guarded("at", engine.store.read(duty_work))
    start, end = query.start, query.end
    if start is None or end is None or query.at is not None:
        raise _invalid("from", "give both from and to, without at")
    if not 0 < end - start <= LONGEST:
        raise _invalid("to", "must be after from, by at most a year")

    def shifts_work(tx: Tx) -> models.OnCall:
        reader = DutyReader(tx, plan.rotas, now)
        return models.OnCall(
            duty=[],
            shifts=[one for rota in rotas for one in _shifts(plan, reader, rota, start, end)],
            changes=_changes(tx, plan, rotas, (start, end), now),
            holidays=[
                models.Holiday(date=day, name=name)
                for day, name in holidays_between(plan.business_hours, start, end)
            ],
        )

    return await _guarded("from", engine.store.read(shifts_work))


async def proof(engine: Engine, query: requests.ProofQuery) -> models.Proof:
    """Prove from now on whom urgent alerts reach: gaps, unreachable people, conflicts, shares."""
    plan, now = engine.plan, engine.now()
    # In a thread: a proof of many rotas takes longer than alerts may wait for the event loop.
    result = await asyncio.to_thread(build_proof, plan, now, now + query.seconds)
    return models.Proof.model_validate(proof_json(plan, result))


async def turns(engine: Engine, query: requests.NoQuery) -> models.RotaTurns:
    """Return whose turn it is in each layer and what follows, for a comparison with a new file."""
    return models.RotaTurns(
        rotas={
            rota.name: models.Turns(turns=turns_to_json(rota), changes=changes_to_json(rota))
            for rota in engine.plan.rotas.values()
        }
    )


async def list_rotas(engine: Engine, query: requests.NoQuery) -> models.Rotas:
    """List all rotas and their members."""
    plan = engine.plan
    return models.Rotas(
        rotas=[
            models.Rota(
                name=rota.name,
                timezone=rota.zone,
                members=[
                    person(plan, name)
                    for name in dict.fromkeys(m for layer in rota.layers for m in layer.members)
                ],
                layers=len(rota.layers),
                overrides=len(rota.overrides),
                gaps_allowed=rota.gaps_allowed,
            )
            for rota in plan.rotas.values()
        ]
    )


def _rotas(plan: Plan, name: str | None) -> list[Rota]:
    if name is None:
        return list(plan.rotas.values())
    if name not in plan.rotas:
        known_rotas = ", ".join(sorted(plan.rotas)) or "none"
        detail = [{"field": "rota", "message": f"known rotas: {known_rotas}"}]
        raise RequestError(404, "there is no such rota", detail)
    return [plan.rotas[name]]


def _duty(plan: Plan, reader: DutyReader, rota: Rota, at: float) -> models.Duty:
    duty = reader.at(rota.name, at)
    return models.Duty(
        rota=rota.name,
        timezone=rota.zone,
        at=at,
        on_call=[person(plan, name) for name in duty.people],
        by=str(duty.by) if duty.by else None,
        since=duty.since,
        until=duty.until,
        next=person(plan, duty.next_people[0]) if duty.next_people else None,
        next_people=[person(plan, name) for name in duty.next_people],
        unknown=duty.unknown,
        next_unknown=duty.next_unknown,
    )


def _shifts(
    plan: Plan, reader: DutyReader, rota: Rota, start: float, end: float
) -> list[models.Shift]:
    return [
        models.Shift(
            rota=rota.name,
            timezone=rota.zone,
            start=shift.start,
            end=shift.end,
            on_call=[person(plan, name) for name in shift.people],
            by=str(shift.by) if shift.by else None,
            source=shift.source,
            unknown=shift.unknown,
        )
        for shift in reader.shifts(rota.name, start, end)
    ]


def _changes(
    tx: Tx, plan: Plan, rotas: Sequence[Rota], span: tuple[float, float], now: float
) -> list[Change]:
    """Return the changes made at run time that apply to these rotas in a span."""
    start, end = span
    return [
        change_model(one, plan, now)
        for one in changes.in_force(tx, start)
        if one.start < end and any(one.applies_to(rota.name) for rota in rotas)
    ]


async def _guarded(field: str, answer: Awaitable[T]) -> T:
    try:
        return await answer
    except ValueError as error:
        raise _invalid(field, str(error)) from None


def _invalid(field: str, message: str) -> RequestError:
    return RequestError(422, "a parameter is invalid", [{"field": field, "message": message}])
