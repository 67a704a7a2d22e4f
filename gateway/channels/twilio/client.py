"""Twilio's SDK over the channels' HTTP client.

The SDK's own asynchronous client has no timeout, can repeat a POST, and keeps token, number and
text of the last request. The one here makes one request within the client's limits and keeps
nothing.
"""

import json
import logging
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import aiohttp
from twilio.http import AsyncHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from gateway.channels.support.client import (
    CONNECT_TIMEOUT,
    TOTAL_TIMEOUT,
    HttpClient,
    authorization,
)
from gateway.channels.support.connection_errors import connection_failure
from gateway.channels.support.http_errors import vendor_text
from gateway.channels.twilio.errors import failure_of, unreadable
from gateway.core.incidents.retry import SendError
from gateway.core.plan.accounts import ChannelSettings, Secret

API_URL = "https://api.twilio.com"
_NO_ENVIRONMENT = {"": ""}
"""In place of the environment, whose TWILIO_* variables would change account and host."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """An account, and what requests for it are authenticated with.

    `token` is the account's auth token, or the secret of `api_key` where that is set.
    """

    account_sid: str
    token: Secret
    api_key: str = ""


class Transport(AsyncHttpClient):  # type: ignore[misc]  # twilio ships no types
    """Makes the requests of the SDK. Raises SendError for every answer but a 2xx."""

    def __init__(self, http: HttpClient, token: Secret) -> None:
        super().__init__(logging.getLogger("twilio"), is_async=True)
        self._http = http
        self._token = token

    async def request(
        self,
        method: str,
        uri: str,
        params: Mapping[str, object] | None = None,
        data: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,  # noqa: FBT001, FBT002  # the SDK's signature
    ) -> Response:
        """Make one request; `timeout` and `allow_redirects` are those of the HTTP client."""
        proof = {} if auth is None else {"Authorization": authorization(*auth)}
        try:
            async with self._http.session.request(
                method,
                uri,
                params={key: str(value) for key, value in (params or {}).items()},
                data=urlencode(data or {}, doseq=True).encode(),
                headers={**(headers or {}), **proof},
                allow_redirects=False,
            ) as answer:
                body = await answer.text(errors="replace")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise connection_failure(error) from None
        if not 200 <= answer.status < 300:
            raise failure_of(answer.status, body, answer.headers, self._token)
        return Response(answer.status, body, answer.headers)


class TwilioClient:
    """The SDK's client of one account. Needs a running event loop; close it."""

    def __init__(
        self,
        credentials: Credentials,
        in_flight: int,
        *,
        api_url: str = API_URL,
        proxy: Secret | None = None,
        total_timeout: float = TOTAL_TIMEOUT,
        connect_timeout: float = CONNECT_TIMEOUT,
    ) -> None:
        """Timeouts are in seconds, for one request."""
        self._http = HttpClient(
            in_flight,
            proxy=proxy,
            total_timeout=total_timeout,
            connect_timeout=connect_timeout,
            refuse_redirects=False,
        )
        self._account_sid, self._token = credentials.account_sid, credentials.token
        self.sdk = Client(
            credentials.api_key or credentials.account_sid,
            credentials.token.reveal(),
            credentials.account_sid,
            http_client=Transport(self._http, credentials.token),
            environment=_NO_ENVIRONMENT,
        )
        self.sdk.api.base_url = api_url.rstrip("/")

    async def create(self, request: Awaitable[Any]) -> str:
        """Await a request of the SDK that creates something; return its SID. Raises SendError."""
        try:
            sid = (await request).sid
        except SendError:
            raise
        except (json.JSONDecodeError, AttributeError, KeyError, TypeError, ValueError):
            raise unreadable() from None
        if not isinstance(sid, str) or not sid:
            raise unreadable()
        return sid

    async def check_account(self) -> str:
        """Return the account's name and status. Raises SendError. See ChecksAccount."""
        try:
            account = await self.sdk.api.accounts(self._account_sid).fetch_async()
            name, status = account.friendly_name, account.status
        except SendError:
            raise
        except (json.JSONDecodeError, AttributeError, KeyError, TypeError, ValueError):
            raise unreadable() from None
        return f"{vendor_text(name, [self._token], 60)}, {vendor_text(status, [self._token], 20)}"

    def problem(self) -> str:
        """Return what is wrong with name lookups; empty when nothing is."""
        return self._http.problem()

    async def close(self) -> None:
        """Close all connections."""
        await self._http.close()


def credentials_of(settings: ChannelSettings) -> Credentials:
    """Return the credentials of an account. Raises ValueError naming what is missing."""
    where, token = f"channels.{settings.name}", settings.secrets.get("token")
    if token is None or not token.reveal():
        raise ValueError(
            f"{where}.token is missing: set it, or say `provider: console` to print messages "
            "instead of sending them"
        )
    sid = settings.options.get("account_sid", "")
    if not sid:
        raise ValueError(f"{where}.account_sid is missing")
    return Credentials(sid, token, settings.options.get("api_key", ""))
