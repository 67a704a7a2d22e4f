"""Page of sources: who posts alerts, when each last did, and what was refused."""

from aiohttp import web

from gateway.flow.engine import Engine
from gateway.render.view.clean import clean
from gateway.render.view.times import clock_time, duration
from gateway.web.explain.names import zone_for
from gateway.web.http.access import require_read_access
from gateway.web.http.keys import ENGINE
from gateway.web.pages import page
from gateway.web.pages.error_pages import with_error_page
from gateway.web.source_views import SourceView, source_views


class SourcePage:
    """Handler of /sources."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def show(self, request: web.Request) -> web.StreamResponse:
        """Show all sources. Change nothing."""
        engine = self._engine
        zone, now = zone_for(engine.plan), engine.now()
        rows = [_row(one, zone, now) for one in await source_views(engine)]
        return page("sources.html", {"rows": rows, "zone": zone, "up": "./"})


def _row(view: SourceView, zone: str, now: float) -> dict[str, object]:
    source, activity = view.source, view.activity
    last, hour = activity.last_post_at, activity.posts_last_hour
    posted = f"Last post: {clock_time(last, zone, now)}" if last is not None else "No post yet"
    lines = [f"{posted}; {hour} in the last hour"]
    if source.expect_every is not None:
        lines.append(f"Expected at least every {duration(source.expect_every)}")
    kinds = ", ".join(source.credentials) or "none: anyone may post"
    lines.append(f"/webhook/{source.name}, credentials: {kinds}")
    if view.refused is not None:
        at = clock_time(view.refused.at, zone, now)
        lines.append(f"Last refusal: {at}, {view.refused.status}: {clean(view.refused.error, 300)}")
    silent = activity.silent
    word = "silent" if silent else "posts" if last is not None else "new"
    tone = "critical" if silent else "resolved" if last is not None else "info"
    return {"name": source.name, "type": source.type, "word": word, "tone": tone, "lines": lines}


def add_routes(app: web.Application) -> None:
    """Add the page."""
    handlers = SourcePage(app[ENGINE])
    app.router.add_get("/sources", with_error_page(require_read_access(handlers.show)))
