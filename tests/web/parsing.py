"""Posts to one source, parsed."""

import json
from collections.abc import Mapping
from typing import Any

from gateway.core.plan.accounts import SourceSettings
from gateway.web.ingest.sources import SOURCES
from gateway.web.ingest.sources.parsed import Parsed, Post
from tests.web.world import NOW


def post_of(
    source: str | SourceSettings,
    body: Any,
    now: float = NOW,
    headers: Mapping[str, str] | None = None,
) -> Post:
    """Return a post of `body`, bytes or what becomes JSON; a text is the type of the source."""
    settings = SourceSettings(source, source) if isinstance(source, str) else source
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Post(settings, sent, now, headers or {})


def parse_post(
    source: str | SourceSettings,
    body: Any,
    now: float = NOW,
    headers: Mapping[str, str] | None = None,
) -> Parsed:
    """Return what the type of the source makes of `body`."""
    post = post_of(source, body, now, headers)
    return SOURCES[post.source.type](post)
