"""What is known of each source, for the API, the command and the page."""

from dataclasses import dataclass
from functools import partial

from gateway.core.plan.accounts import SourceSettings
from gateway.flow.engine import Engine
from gateway.flow.intake.source_activity import Activity
from gateway.store.state import timeline

MOST_READ = 500
"""Refused requests that are read to find the last one of each source."""


@dataclass(frozen=True, slots=True)
class SourceView:
    """A source, its posts, and the last request of it that was refused."""

    source: SourceSettings
    activity: Activity
    refused: timeline.RejectedRequest | None
    refusals: int  # among the last MOST_READ of all sources


async def source_views(engine: Engine) -> list[SourceView]:
    """Return the view of each source, in the order of routes.yaml."""
    activity = await engine.source_activity.read()
    rejects = await engine.store.read(partial(timeline.rejected_requests, limit=MOST_READ))
    views = []
    for name, source in engine.config.sources.items():
        own = [one for one in rejects if one.source == name]
        last = own[0] if own else None
        views.append(SourceView(source, activity[name], last, len(own)))
    return views
