"""Endpoints about silences: list, preview, create, expire."""

from collections.abc import Iterator, Sequence

from gateway.core.incidents.silence import Silence, SilenceError
from gateway.core.matching.matcher import Matcher, MatcherError
from gateway.core.matching.text import read_labels, read_matchers, write_matcher
from gateway.core.routing.silence_scope import incident_matchers
from gateway.flow.engine import Engine
from gateway.flow.silences.silences import SilenceNotFoundError, SilenceRequest
from gateway.store.state import incidents
from gateway.web.api_v1 import requests
from gateway.web.api_v1.models import silences as models
from gateway.web.api_v1.serialize import silence_model
from gateway.web.http.errors import RequestError
from gateway.web.http.off_loop import read_off_loop

_FIELDS = {"endsAt": "ends_at", "createdBy": "created_by", "goneFor": "gone_for"}
"""Our names of Alertmanager's fields."""


async def list_silences(engine: Engine, query: models.SilencesQuery) -> bytes:
    """List active and pending silences, ordered by their end."""
    labels = None if query.labels is None else _labels(query.labels)
    now, plan = engine.now(), engine.plan

    def to_json(stored_silences: Iterator[Silence]) -> bytes:
        listed = [
            silence_model(one, plan, now).model_dump_json().encode()
            for one in stored_silences
            if labels is None or one.mutes(labels)
        ]
        return b'{"silences":[%b]}' % b",".join(listed)

    return await engine.silences.read_all(to_json, ended=query.ended)


async def one_silence(engine: Engine, query: requests.NoQuery, name: str) -> models.Silence:
    """Return a silence, also after its end."""
    silence = await engine.silences.get(name)
    if silence is None:
        raise _not_found(name)
    return silence_model(silence, engine.plan, engine.now())


async def preview(engine: Engine, query: models.SilencePreviewQuery) -> models.SilencePreview:
    """List the alerts that a silence would match now, without creating it."""
    texts = [] if query.matchers is None else [query.matchers]
    matchers = await _matchers(engine, texts, query.incident)
    count, first_alerts = await engine.silences.preview(matchers, query.limit)
    plan = engine.plan
    return models.SilencePreview(
        matchers=[write_matcher(matcher) for matcher in matchers],
        count=count,
        alerts=[
            models.SilencedAlert(
                labels=dict(alert.labels),
                summary=alert.annotations.get("summary", ""),
                starts_at=alert.starts_at,
                receivers=[route.receiver for route in plan.routes_of(alert.labels)],
            )
            for alert in first_alerts
        ],
    )


async def make(
    engine: Engine, query: requests.NoQuery, body: models.SilenceGiven
) -> models.Silence:
    """Create a silence, or update the one with the posted `id`."""
    matchers = await _matchers(engine, body.matchers, body.incident)
    starts_at = engine.now() if body.starts_at is None else body.starts_at
    try:
        saved = await engine.silences.put(
            SilenceRequest(
                matchers,
                starts_at,
                body.ends_at,
                body.created_by,
                body.comment,
                silence_id=body.id,
                gone_for=body.gone_for,
            )
        )
    except SilenceError as error:
        field = _FIELDS.get(error.field, error.field)
        raise _invalid(field, str(error)) from None
    except SilenceNotFoundError:
        raise _not_found(body.id) from None
    return silence_model(saved, engine.plan, engine.now())


async def expire(engine: Engine, query: requests.NoQuery, name: str) -> models.Silence:
    """Expire a silence now. An expired one is unchanged."""
    try:
        ended = await engine.silences.expire(name)
    except SilenceNotFoundError:
        raise _not_found(name) from None
    return silence_model(ended, engine.plan, engine.now())


async def _matchers(
    engine: Engine, texts: Sequence[str], number: int | None
) -> tuple[Matcher, ...]:
    """Parse matchers, or return those of an incident. Raise RequestError."""
    if bool(texts) == (number is not None):
        raise _invalid("matchers", "give either matchers or an incident")
    if number is None:
        try:
            return await read_off_loop(texts, _read_all, texts)
        except MatcherError as error:
            raise _invalid("matchers", str(error)) from None
    known_number = number
    incident = await engine.store.read(lambda tx: incidents.get(tx, known_number))
    if incident is None:
        detail = [{"field": "incident", "message": f"there is no incident #{number}"}]
        raise RequestError(404, "there is no such incident", detail)
    matchers = incident_matchers(engine.plan.root, incident.route_id, incident.group_labels)
    if not matchers:
        text = f"no label distinguishes the alerts of incident #{number}: write matchers"
        raise _invalid("incident", text)
    return matchers


def _read_all(texts: Sequence[str]) -> tuple[Matcher, ...]:
    return tuple(matcher for text in texts for matcher in read_matchers(text))


def _labels(text: str) -> dict[str, str]:
    try:
        return read_labels(text)
    except MatcherError as error:
        raise _invalid("labels", str(error)) from None


def _invalid(field: str, message: str) -> RequestError:
    return RequestError(422, "a field is invalid", [{"field": field, "message": message}])


def _not_found(name: str) -> RequestError:
    detail = [{"field": "id", "message": f"there is no silence {name[:50]!r}"}]
    return RequestError(404, "there is no such silence", detail)
