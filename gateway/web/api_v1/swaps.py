"""Endpoints about swaps of shifts: list, ask, accept, decline, cancel."""

from collections.abc import Awaitable, Callable

from gateway.core.actor import Actor
from gateway.core.oncall.ask_swap import ShiftChoice, SwapRequest
from gateway.core.oncall.swaps import Swap
from gateway.core.plan.plan import Plan
from gateway.core.text.escape import one_line
from gateway.core.time.spans import Span
from gateway.flow.engine import Engine
from gateway.flow.oncall.swaps import SwapOutcome
from gateway.web.api_v1 import requests
from gateway.web.api_v1.changes import actor_model, actor_of, change_errors, effect_models
from gateway.web.api_v1.models import swaps as models
from gateway.web.api_v1.serialize import person


async def list_swaps(engine: Engine, query: models.SwapsQuery) -> models.Swaps:
    """List swaps of shifts that are not over, answered ones included."""
    plan, now = engine.plan, engine.now()
    stored = await engine.swaps.read(ended=query.ended)
    return models.Swaps(
        swaps=[
            swap_model(one, plan, now)
            for one in stored
            if query.person is None or query.person in (one.person, one.other)
        ]
    )


async def one_swap(engine: Engine, query: requests.NoQuery, number: int) -> models.Swap:
    """Return a swap, also one that was answered."""
    with change_errors():
        swap = await engine.swaps.get(number)
    return swap_model(swap, engine.plan, engine.now())


async def ask(
    engine: Engine, query: requests.NoQuery, body: models.SwapRequested
) -> models.SwapDone:
    """Ask another person to take a shift, perhaps for one of theirs in return."""
    actor = actor_of(body)
    request = SwapRequest(
        rota=body.rota,
        person=actor.id,
        other=body.other,
        gives=_choice(body.gives),
        takes=None if body.takes is None else _choice(body.takes),
    )
    with change_errors():
        outcome = await engine.swaps.ask(request, actor, one_line(body.why, 1000))
    return _done(engine, outcome)


async def accept(
    engine: Engine, query: requests.NoQuery, number: int, body: models.SwapAnswered
) -> models.SwapDone:
    """Accept a swap as the person who was asked; it is in force with the answer."""
    return await _answer(engine, number, body, engine.swaps.accept)


async def decline(
    engine: Engine, query: requests.NoQuery, number: int, body: models.SwapAnswered
) -> models.SwapDone:
    """Decline a swap as the person who was asked."""
    return await _answer(engine, number, body, engine.swaps.decline)


async def cancel(
    engine: Engine, query: requests.NoQuery, number: int, body: models.SwapAnswered
) -> models.SwapDone:
    """Take a request back as the person who asked."""
    return await _answer(engine, number, body, engine.swaps.cancel)


def _choice(shift: models.ShiftChosen) -> ShiftChoice:
    return ShiftChoice(shift.start, shift.end)


async def _answer(
    engine: Engine,
    number: int,
    body: models.SwapAnswered,
    act: Callable[[int, Actor], Awaitable[SwapOutcome]],
) -> models.SwapDone:
    with change_errors():
        outcome = await act(number, actor_of(body))
    return _done(engine, outcome)


def _done(engine: Engine, outcome: SwapOutcome) -> models.SwapDone:
    plan = engine.plan
    return models.SwapDone(
        swap=swap_model(outcome.swap, plan, engine.now()),
        effects=effect_models(outcome.effects, plan),
    )


def swap_model(swap: Swap, plan: Plan, now: float) -> models.Swap:
    """Return a swap as a model."""
    rota, answer = plan.rotas.get(swap.rota), swap.answer
    return models.Swap.model_validate(
        {
            "id": swap.id,
            "state": swap.state_at(now),
            "rota": swap.rota,
            "timezone": rota.zone if rota else "UTC",
            "person": person(plan, swap.person),
            "other": person(plan, swap.other),
            "gives": _shift(swap.gives),
            "takes": swap.takes and _shift(swap.takes),
            "by": actor_model(swap.actor, plan),
            "why": swap.why,
            "created_at": swap.created_at,
            "expires_at": swap.expires_at,
            "answered_by": answer and actor_model(answer.actor, plan),
            "answered_at": answer and answer.at,
            "reason": answer.reason if answer else "",
        }
    )


def _shift(span: Span) -> models.SwappedShift:
    return models.SwappedShift(start=span.start, end=span.end)
