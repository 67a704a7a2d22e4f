"""Endpoint of recordings, which `gateway simulate` plays by another routes.yaml."""

from functools import partial

from gateway.core.time.spans import Span
from gateway.flow.engine import Engine
from gateway.flow.queries.figures import LONGEST
from gateway.simulate import stored
from gateway.web.api_v1.models import recording as models
from gateway.web.http.errors import RequestError


async def get_recording(engine: Engine, query: models.RecordingQuery) -> models.RecordingPage:
    """Return a part of what happened in a span, apart from what routes.yaml made of it.

    These are episodes of alerts, silences, changes of rotas, and people's responses. Pages may be
    short or empty before the last.
    """
    end = engine.now() if query.end is None else query.end
    if not 0 < end - query.start <= LONGEST:
        message = "must be after from, by at most 800 days"
        raise RequestError(422, f"to {message}", [{"field": "to", "message": message}])
    span = Span(query.start, end)
    page = await engine.store.read(partial(stored.page, span=span, cursor=query.cursor))
    return models.RecordingPage(entries=[dict(entry) for entry in page.entries], next=page.cursor)
