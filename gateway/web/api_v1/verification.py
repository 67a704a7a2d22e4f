"""Endpoints of verifications."""

from gateway.core.time.spans import Span
from gateway.flow.engine import Engine
from gateway.flow.queries.figures import LONGEST
from gateway.render.view.verification import verification_json
from gateway.web.api_v1 import requests
from gateway.web.api_v1.models import verification as models
from gateway.web.http.errors import RequestError


async def verify(engine: Engine, query: models.VerifyQuery) -> models.Verification:
    """Check every promise on the stored history of a span. Nothing is stored."""
    span = _span(query.start, query.end, engine.now())
    verification = await engine.verifier.verify(span)
    return models.verification_model(verification_json(verification))


async def verify_and_store(
    engine: Engine, query: requests.NoQuery, body: models.VerifyRequested
) -> models.Verification:
    """Check every promise on a span, and store the result as the last one.

    The page, the metric and the gateway's own alert follow it.
    """
    span = _span(body.start, body.end, engine.now())
    verification = await engine.verifier.verify_and_store(span)
    engine.own_alerts.wake()
    return models.verification_model(verification_json(verification))


async def list_verifications(
    engine: Engine, query: models.VerificationsQuery
) -> models.Verifications:
    """List the last stored results, those of the nights among them."""
    stored = await engine.verifier.latest(query.limit)
    return models.Verifications(verifications=[models.verification_model(one) for one in stored])


def _span(start: float, end: float | None, now: float) -> Span:
    """Return the span that a request names. Raises RequestError for an invalid one."""
    last = now if end is None else end
    if not 0 < last - start <= LONGEST:
        message = "must be after from, by at most 800 days"
        raise RequestError(422, f"to {message}", [{"field": "to", "message": message}])
    return Span(start, last)
