"""Endpoints `GET /soundness` and `GET /soundness/history`."""

from dataclasses import asdict

from gateway.flow.engine import Engine
from gateway.flow.soundness.assess import assess
from gateway.flow.soundness.history import read_history
from gateway.render.view.soundness import soundness_json
from gateway.web.api_v1.models.soundness import RuleHistory, Soundness, SoundnessHistory
from gateway.web.api_v1.requests import NoQuery


async def soundness(engine: Engine, query: NoQuery) -> Soundness:
    """Judge whether monitoring is sound: owners, routes, runbooks, drills, responses, noise."""
    links = await engine.link_checker.report()
    judged = await assess(engine.store, engine.config, engine.plan, links.results, engine.now())
    return Soundness.model_validate(soundness_json(judged))


async def soundness_history(engine: Engine, query: NoQuery) -> SoundnessHistory:
    """List what is stored of the alerts of each name, of the last 90 days."""
    history = await read_history(engine.store, engine.config, engine.plan, engine.now())
    return SoundnessHistory(
        truncated=history.is_truncated,
        alerts=[
            RuleHistory(name=name, **asdict(one)) for name, one in sorted(history.by_name.items())
        ],
    )
