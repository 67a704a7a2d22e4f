"""Endpoint `GET /links`: what following the links to runbooks and dashboards has found."""

from gateway.flow.engine import Engine
from gateway.web.api_v1.models.links import CheckedLink, Links
from gateway.web.api_v1.requests import NoQuery


async def list_links(engine: Engine, query: NoQuery) -> Links:
    """List the links to runbooks and dashboards that are followed, and which are dead."""
    report = await engine.link_checker.report()
    return Links(
        enabled=report.is_on,
        links=[
            CheckedLink(
                url=one.url,
                positions=list(one.positions),
                state=one.state.value,
                dead=one.is_dead,
                detail=one.detail,
                checked_at=one.checked_at,
                failed_since=one.failed_since,
            )
            for one in report.results
        ],
    )
