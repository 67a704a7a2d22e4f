"""The gateway itself over the API: its state, dead letters and their replay, refused requests."""

from gateway import __version__
from gateway.flow.engine import Engine
from gateway.store import Tx, outbox
from gateway.store.queries import deliveries, lists
from gateway.store.state import timeline
from gateway.web.api_v1 import models, requests
from gateway.web.api_v1.incidents import notice_model
from gateway.web.ops import report


async def status(engine: Engine, query: requests.NoQuery, trusted: bool = False) -> models.Status:
    """Version, configuration in force, and what is wrong."""
    counts = await engine.store.read(lists.counts_by_state)
    said = report(engine.problems(), public=not trusted)
    return models.Status(
        status=said["status"],
        version=__version__,
        now=engine.now(),
        config_digest=engine.plan.digest,
        config_loaded_at=engine.metrics.loaded_at,
        config_warnings=[str(warning) for warning in engine.config.warnings],
        incidents={state: counts.get(state, 0) for state in ("firing", "acknowledged", "resolved")},
        components=[models.Component.model_validate(one) for one in said["components"]],
    )


async def dead_letters(engine: Engine, query: requests.PageQuery) -> models.DeadLetters:
    """Messages that were given up, with every attempt."""

    def work(tx: Tx) -> models.DeadLetters:
        found = outbox.dead_notices(tx, query.limit + 1, query.cursor)
        page = [line for one in found[: query.limit] if (line := deliveries.notice(tx, one.id))]
        attempts = deliveries.attempts_of(tx, [line.id for line in page])
        return models.DeadLetters(
            notices=[notice_model(line, attempts[line.id]) for line in page],
            next=page[-1].id if len(found) > query.limit else None,
        )

    return await engine.store.read(work)


async def replay(
    engine: Engine, query: requests.NoQuery, body: requests.NoticeIds
) -> models.Replayed:
    """Try given-up messages again."""
    now = engine.now()
    again = await engine.store.write(lambda tx: outbox.replay(tx, body.ids, now))
    left = sorted(set(body.ids) - set(again))
    return models.Replayed(replayed=again, left=left)


async def rejects(engine: Engine, query: requests.LatestQuery) -> models.Rejects:
    """Requests that were refused, whole or in part, with the reason (the last thousand)."""
    found = await engine.store.read(lambda tx: timeline.rejected_requests(tx, query.limit))
    return models.Rejects(rejects=[models.Reject.model_validate(one) for one in found])
