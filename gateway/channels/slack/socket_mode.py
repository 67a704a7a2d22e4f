"""Socket Mode: what Slack would post to us comes over a connection that we open.

Slack's SDK keeps the connection: it answers pings, and connects again at Slack's request or after a
failure. It never gives up, not even with a wrong token, so the first connection is made in two
steps, and `connected` says how the rest goes.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from gateway.channels.slack.errors import failure_of
from gateway.channels.support.client import HttpClient
from gateway.channels.support.connection_errors import connection_failure
from gateway.core.plan.accounts import Secret

PING_EVERY = 5.0
"""Seconds between two pings of the SDK; after four without an answer it connects again."""

CONNECT_WITHIN = 15.0
"""Seconds for the first connection."""

Receive = Callable[[str, str, Mapping[str, Any]], Awaitable[Mapping[str, Any] | None]]
"""(kind, envelope id, payload): the answer to acknowledge with, which may be empty.

None: not acknowledged, so that Slack sends it again.
"""


class SocketConnection:
    """One connection of an app. Needs a running event loop; close it."""

    def __init__(
        self,
        app_token: Secret,
        receive: Receive,
        *,
        api_url: str = AsyncWebClient.BASE_URL,
        proxy: Secret | None = None,
        ping_every: float = PING_EVERY,
    ) -> None:
        """`receive` handles an envelope; it must return within three seconds."""
        self._token = app_token
        self._receive = receive
        self._api_url = api_url
        self._ping_every = ping_every
        self._http = HttpClient(2, proxy=proxy)
        self._client: SocketModeClient | None = None

    @property
    def connected(self) -> bool:
        """Return whether the connection is up."""
        client = self._client
        session = None if client is None else client.current_session
        return session is not None and not session.closed and not (client and client.stale)

    async def open(self) -> None:
        """Connect. Raises SendError, also for a token that Slack refuses."""
        # Its logger is ours, so that no root setting makes it print what people write.
        quiet = logging.getLogger(f"{__name__}.sdk")
        quiet.setLevel(logging.CRITICAL)
        web = AsyncWebClient(
            base_url=self._api_url, session=self._http.session, retry_handlers=[], logger=quiet
        )
        web.proxy = None  # the SDK has read HTTPS_PROXY: only the session's proxy counts
        client = SocketModeClient(
            self._token.reveal(), logger=quiet, web_client=web, ping_interval=self._ping_every
        )
        client.proxy = None
        await client.aiohttp_client_session.close()
        client.aiohttp_client_session = self._http.session
        client.socket_mode_request_listeners.append(self._listen)
        self._client = client
        try:
            answer = await web.apps_connections_open(app_token=self._token.reveal())
            client.wss_uri = str(answer.get("url") or "")
            async with asyncio.timeout(CONNECT_WITHIN):
                await client.connect()  # type: ignore[no-untyped-call]
        except SlackApiError as error:
            raise failure_of(error, self._token) from None
        except Exception as error:
            raise connection_failure(error) from None

    async def close(self) -> None:
        """Disconnect, and end the SDK's tasks."""
        if self._client is not None:
            await self._client.close()  # type: ignore[no-untyped-call]
        await self._http.close()

    async def _listen(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        answer = await self._receive(request.type, request.envelope_id, request.payload)
        if answer is None:
            return
        payload = dict(answer) if answer and request.accepts_response_payload else None
        response = SocketModeResponse(envelope_id=request.envelope_id, payload=payload)
        await client.send_socket_mode_response(response)
