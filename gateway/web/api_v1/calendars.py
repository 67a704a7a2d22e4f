"""Endpoints about the calendars that rotas and holidays read."""

import logging
from difflib import get_close_matches

from gateway.flow.calendars.calendars import CalendarState
from gateway.flow.engine import Engine
from gateway.store.state.calendars import StoredCalendar
from gateway.web.api_v1 import requests
from gateway.web.api_v1.models import calendars as models
from gateway.web.http.errors import RequestError

log = logging.getLogger(__name__)


async def list_calendars(engine: Engine, query: requests.NoQuery) -> models.Calendars:
    """List the calendars that rotas and holidays read, and how reading them goes."""
    return models.Calendars(calendars=[_model(one) for one in engine.calendars.states()])


async def confirm(
    engine: Engine, query: requests.NoQuery, body: models.ConfirmedCalendar
) -> models.Calendars:
    """Believe that a calendar lost its events on purpose; return it as it was before."""
    states = [one for one in engine.calendars.states() if one.key.address == body.calendar]
    if not states:
        known = {one.key.address for one in engine.calendars.states()}
        near = get_close_matches(body.calendar, known, 1)
        hint = f"; did you mean {near[0]}?" if near else ""
        message = f"routes.yaml names no such calendar{hint}"
        detail = [{"field": "calendar", "message": message}]
        raise RequestError(404, "there is no such calendar", detail)
    if not await engine.calendars.confirm(body.calendar):
        detail = [{"field": "calendar", "message": "it has not lost its events"}]
        raise RequestError(409, "there is nothing to confirm", detail)
    log.info("calendar %s: its loss of events is confirmed by %s", body.calendar, body.by)
    return models.Calendars(calendars=[_model(one) for one in states])


def _model(state: CalendarState) -> models.Calendar:
    stored = state.stored or StoredCalendar("")
    error = stored.error or (None if stored.read_at else "it is not read yet")
    return models.Calendar(
        calendar=state.key.address,
        timezone=state.key.zone,
        use=state.key.use,
        ok=error is None,
        error=error,
        failing_since=stored.failing_since,
        lost_events=stored.lost_since is not None,
        read_at=stored.read_at or None,
        known_until=stored.known_until or None,
        events=state.events,
        unknown_names=[
            models.UnknownName(summary=one.summary, nearest=one.nearest or None)
            for one in state.unknown
        ],
        problems=list(state.problems),
    )
