"""Posts of drills to this gateway's own endpoint, as a Prometheus would post."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import aiohttp
import orjson

from gateway.channels.support.client import HttpClient
from gateway.channels.support.connection_errors import connection_failure
from gateway.core.errors import GatewayError
from gateway.core.plan.accounts import SourceSettings

TIMEOUT = 30.0
"""Seconds that one post may take: as long as senders wait for a busy database."""

Post = Callable[[SourceSettings, Mapping[str, Any]], Awaitable[None]]
"""(source, alert): posts an alert to the source's endpoint. Raises PostError."""


class PostError(GatewayError):
    """The endpoint did not take the alert; the text says why."""


class OwnEndpoint:
    """The endpoint of this process. Used from the event loop."""

    def __init__(self, url: str) -> None:
        """`url` is the address that it listens on, with its route prefix."""
        self._url = url
        self._client = HttpClient(1, total_timeout=TIMEOUT)

    async def post(self, source: SourceSettings, alert: Mapping[str, Any]) -> None:
        """Post one alert. Raises PostError."""
        headers = {"Content-Type": "application/json"}
        if source.bearer:
            headers["Authorization"] = f"Bearer {source.bearer[0].reveal()}"
        path = f"/webhook/{source.name}"
        if source.url_token:
            path += f"/{source.url_token[0].reveal()}"
        try:
            async with self._client.session.post(
                self._url + path,
                data=orjson.dumps([alert]),
                headers=headers,
                allow_redirects=False,
            ) as answer:
                status = answer.status
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            detail = connection_failure(error).detail
            raise PostError(f"the endpoint of source {source.name}: {detail}") from None
        if status != 200:
            raise PostError(f"the endpoint of source {source.name} answered {status}")

    async def close(self) -> None:
        """Close its connections."""
        await self._client.close()


async def no_endpoint(source: SourceSettings, alert: Mapping[str, Any]) -> None:
    """Refuse a post before the process listens. Raises PostError."""
    raise PostError("this process does not listen yet")
