"""Endpoints about the gateway: its state, dead letters and their replay, refused requests."""

from gateway import __version__
from gateway.flow.engine import Engine
from gateway.store import Tx, outbox
from gateway.store.queries import deliveries, lists
from gateway.store.state import timeline
from gateway.web.api_v1 import models, requests
from gateway.web.api_v1.serialize import notice_model
from gateway.web.ops import health_report


async def status(
    engine: Engine, query: requests.NoQuery, *, trusted: bool = False
) -> models.Status:
    """Return the version, the configuration in force, and all problems."""
    counts = await engine.store.read(lists.counts_by_state)
    report = health_report(engine.problems(), public=not trusted)
    return models.Status(
        status=report["status"],
        version=__version__,
        now=engine.now(),
        config_digest=engine.plan.digest,
        config_loaded_at=engine.metrics.loaded_at,
        config_warnings=[str(warning) for warning in engine.config.warnings],
        incidents={state: counts.get(state, 0) for state in ("firing", "acknowledged", "resolved")},
        components=[models.Component.model_validate(one) for one in report["components"]],
    )


async def dead_letters(engine: Engine, query: requests.PageQuery) -> models.DeadLetters:
    """List messages that were given up, with every attempt."""

    def work(tx: Tx) -> models.DeadLetters:
        dead = outbox.dead_notices(tx, query.limit + 1, query.cursor)
        page = [line for one in dead[: query.limit] if (line := deliveries.notice(tx, one.id))]
        attempts = deliveries.attempts_of(tx, [line.id for line in page])
        return models.DeadLetters(
            notices=[notice_model(line, attempts[line.id]) for line in page],
            next=page[-1].id if len(dead) > query.limit else None,
        )

    return await engine.store.read(work)


async def replay(
    engine: Engine, query: requests.NoQuery, body: requests.NoticeIds
) -> models.Replayed:
    """Retry messages that were given up."""
    now = engine.now()
    replayed_ids = await engine.store.write(lambda tx: outbox.replay(tx, body.ids, now))
    others = sorted(set(body.ids) - set(replayed_ids))
    return models.Replayed(replayed=replayed_ids, left=others)


async def rejects(engine: Engine, query: requests.LatestQuery) -> models.Rejects:
    """List requests that were refused, whole or in part, with the reason (the last thousand)."""
    rejected = await engine.store.read(lambda tx: timeline.rejected_requests(tx, query.limit))
    return models.Rejects(rejects=[models.Reject.model_validate(one) for one in rejected])
