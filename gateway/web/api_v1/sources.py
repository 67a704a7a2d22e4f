"""Endpoint about sources."""

from gateway.flow.engine import Engine
from gateway.web.api_v1 import requests
from gateway.web.api_v1.models import sources as models
from gateway.web.source_views import SourceView, source_views


async def list_sources(engine: Engine, query: requests.NoQuery) -> models.Sources:
    """List the sources, when each last posted, and what was refused."""
    return models.Sources(sources=[_model(one) for one in await source_views(engine)])


def _model(view: SourceView) -> models.Source:
    source, activity, refused = view.source, view.activity, view.refused
    return models.Source.model_validate(
        {
            "name": source.name,
            "type": source.type,
            "path": f"/webhook/{source.name}",
            "credentials": list(source.credentials),
            "labels": dict(source.labels),
            "last_post_at": activity.last_post_at,
            "posts_last_hour": activity.posts_last_hour,
            "expect_every": source.expect_every,
            "silent": activity.silent,
            "refusals": view.refusals,
            "last_refusal": refused
            and models.Refusal.model_validate(
                {"at": refused.at, "status": refused.status, "error": refused.error}
            ),
        }
    )
