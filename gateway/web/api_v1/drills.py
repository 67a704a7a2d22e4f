"""Endpoints of drills."""

from gateway.core.drills.run import DrillRun, MessageFacts
from gateway.core.plan.drill import Drill
from gateway.core.text.nearest import nearest
from gateway.cron import next_after
from gateway.flow.drills.drills import DrillError
from gateway.flow.engine import Engine
from gateway.web.api_v1 import requests
from gateway.web.api_v1.changes import actor_of
from gateway.web.api_v1.models import drills as models
from gateway.web.http.errors import RequestError


async def list_drills(engine: Engine, query: models.DrillsQuery) -> models.Drills:
    """List the drills with their last runs, and what became of each message."""
    listed = []
    for drill in engine.plan.drills.values():
        runs = await engine.drills.latest(drill.name, query.runs)
        listed.append(_drill(drill, runs, engine.now()))
    return models.Drills(drills=listed)


async def begin_drill(
    engine: Engine, query: requests.NoQuery, name: str, body: models.BeginDrill
) -> models.DrillRun:
    """Begin a drill now. It pages the people whom a real alert would page."""
    try:
        return run_model(await engine.drills.begin(name, actor_of(body)))
    except KeyError:
        near = nearest(name, engine.plan.drills)
        hint = f"did you mean {near}?" if near else "routes.yaml declares it under drills:"
        detail = [{"field": "id", "message": hint}]
        raise RequestError(404, "there is no such drill", detail) from None
    except DrillError as error:
        raise RequestError(409, str(error)) from None


def _drill(drill: Drill, runs: list[DrillRun], now: float) -> models.Drill:
    return models.Drill(
        name=drill.name,
        subject=drill.subject,
        source=drill.source,
        schedule=f"{drill.cron} ({drill.zone})",
        within=drill.within,
        acknowledge=drill.acknowledge,
        next_at=next_after(drill.cron, drill.zone, now),
        runs=[run_model(one) for one in runs],
    )


def run_model(run: DrillRun) -> models.DrillRun:
    """Return a run as the API answers it."""
    facts = run.facts
    return models.DrillRun(
        id=run.id,
        state=run.state,
        text=run.text,
        began_at=run.began_at,
        began_by=run.began_by,
        ended_at=run.ended_at,
        incident=facts.incident,
        acknowledged_at=facts.acknowledged_at,
        acknowledged_by=facts.acknowledged_by,
        messages=[_message(one) for one in facts.messages],
    )


def _message(one: MessageFacts) -> models.DrillMessage:
    arrived_at = one.arrived_at
    return models.DrillMessage(
        name=one.name,
        proof=one.proof,
        sent_at=one.accepted_at,
        arrived_at=arrived_at,
        seconds=None if arrived_at is None else round(arrived_at - one.created_at, 3),
        problem=one.problem,
    )
