"""GET /api/v2/status: version and configuration, read by clients before anything else."""

import platform

from aiohttp import web

from gateway import ALERTMANAGER, __version__
from gateway.config.export.alertmanager import alertmanager_text
from gateway.core.plan.plan import Plan
from gateway.core.time.timestamps import format_rfc3339
from gateway.flow.engine import Engine
from gateway.web.alertmanager_api.responses import answer, with_v2_errors
from gateway.web.http.access import require_read_access
from gateway.web.http.keys import ENGINE


class StatusEndpoint:
    """The handler. Its `uptime` begins with its creation."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._since = format_rfc3339(engine.now())
        self._written: tuple[Plan, str] | None = None

    async def status(self, request: web.Request) -> web.StreamResponse:
        """Answer the version, the configuration in force, and no cluster.

        The version is that of the Alertmanager whose API this is; ours is in `revision`. Replicas
        share a database and need no gossip, so each reports itself as a single Alertmanager.
        """
        return answer(
            {
                "cluster": {"peers": [], "status": "disabled"},
                "config": {"original": self._original()},
                "uptime": self._since,
                "versionInfo": {
                    "branch": "gateway",
                    "buildDate": "",
                    "buildUser": "",
                    "goVersion": f"Python {platform.python_version()}",
                    "revision": f"gateway {__version__}",
                    "version": ALERTMANAGER,
                },
            }
        )

    def _original(self) -> str:
        plan = self._engine.config.plan
        # Cached for each file: amtool asks this before every command, karma every minute.
        if self._written is None or self._written[0] is not plan:
            self._written = (plan, alertmanager_text(plan))
        return self._written[1]


def add_routes(app: web.Application) -> None:
    """Add the path."""
    app.router.add_get(
        "/api/v2/status",
        with_v2_errors(require_read_access(StatusEndpoint(app[ENGINE]).status)),
        allow_head=False,
    )
