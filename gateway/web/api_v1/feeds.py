"""Endpoints about calendar feeds: list them with their URLs, revoke the URLs of one."""

from difflib import get_close_matches

from gateway.flow.engine import Engine
from gateway.flow.feeds.feeds import Feed
from gateway.flow.feeds.subject import FeedSubject, parse_subject, subjects
from gateway.web.api_v1 import requests
from gateway.web.api_v1.models import feeds as models
from gateway.web.http.errors import RequestError


async def list_feeds(
    engine: Engine, query: models.FeedsQuery, *, trusted: bool = False
) -> models.Feeds:
    """List the calendar feeds of rotas and people, with their URLs."""
    selected = None if query.subject is None else _subject(engine, query.subject)
    feeds = await engine.feeds.list()
    return models.Feeds(
        feeds=[
            _model(one, trusted=trusted)
            for one in feeds
            if selected is None or one.subject == selected
        ]
    )


async def revoke(engine: Engine, query: requests.NoQuery, body: models.RevokedFeed) -> models.Feed:
    """Make all URLs of a feed invalid; return its new one."""
    subject = _subject(engine, body.subject)
    return _model(await engine.feeds.revoke(subject, body.by), trusted=True)


def _model(feed: Feed, *, trusted: bool) -> models.Feed:
    return models.Feed(
        subject=str(feed.subject),
        kind=feed.subject.kind.value,
        name=feed.name,
        url=feed.url if trusted else None,
        revoked_at=feed.revoked_at or None,
        revoked_by=feed.revoked_by or None,
    )


def _subject(engine: Engine, text: str) -> FeedSubject:
    """Return the subject. Raises RequestError 422 if it is malformed, 404 if there is none."""
    try:
        subject = parse_subject(text)
    except ValueError as error:
        detail = [{"field": "subject", "message": str(error)}]
        raise RequestError(422, "a field is invalid", detail) from None
    if not subject.exists(engine.plan):
        near = get_close_matches(text, [str(one) for one in subjects(engine.plan)], 1)
        hint = f"; did you mean {near[0]}?" if near else ""
        detail = [{"field": "subject", "message": f"routes.yaml has no {text}{hint}"}]
        raise RequestError(404, "there is no such feed", detail)
    return subject
