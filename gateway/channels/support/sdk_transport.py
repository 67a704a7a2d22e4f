"""Requests of synchronous SDKs over the channels' HTTP client.

requests has no total deadline: its read timeout restarts with every byte, and its thread cannot be
stopped. Here the SDK builds the request and reads the response, in its thread. The exchange is a
coroutine of the event loop, which ends at the client's deadline and closes the socket.
"""

import asyncio
from io import BytesIO
from typing import Any

import aiohttp
import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from yarl import URL

from gateway.channels.support.client import HttpClient, request_body
from gateway.channels.support.connection_errors import NoResponseError, connection_failure

GRACE = 5.0
"""Seconds after the client's deadline until a thread stops waiting for an ended loop."""


def mount(session: requests.Session, client: HttpClient) -> None:
    """Make an SDK's session use `client` and ignore the environment.

    Call it in the loop.
    """
    session.trust_env = False  # .netrc and proxies
    session.max_redirects = 0  # a redirect would send token and message to another host
    transport = SdkTransport(client)
    session.mount("http://", transport)
    session.mount("https://", transport)


class SdkTransport(BaseAdapter):
    """A transport adapter of requests. `send` is called in threads, several at once."""

    def __init__(self, client: HttpClient) -> None:
        super().__init__()
        self._client = client
        self._loop = asyncio.get_running_loop()

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Any = None,
    ) -> requests.Response:
        """Make one request and return the whole response, within the client's limits.

        Raises NoResponseError without one.
        """
        future = asyncio.run_coroutine_threadsafe(self._exchange(request), self._loop)
        try:
            status, headers, body = future.result(self._client.total_timeout + GRACE)
        except BaseException as error:
            future.cancel()
            raise NoResponseError(connection_failure(error)) from None
        return _response(request, status, headers, body)

    async def _exchange(
        self, request: requests.PreparedRequest
    ) -> tuple[int, CaseInsensitiveDict[str], bytes]:
        headers = dict(request.headers)
        headers["Accept-Encoding"] = "identity"  # requests would ask for a compressed answer
        body = request.body or b""
        data = body.encode() if isinstance(body, str) else bytes(body)
        async with self._client.session.request(
            request.method or "POST",
            URL(request.url or "", encoded=True),
            data=request_body(data),
            headers=headers,
            allow_redirects=False,
        ) as answer:
            return answer.status, _headers(answer), await answer.read()

    def close(self) -> None:
        """Do nothing: the channel closes the client, in the loop."""


def _headers(answer: aiohttp.ClientResponse) -> CaseInsensitiveDict[str]:
    return CaseInsensitiveDict(answer.headers.items())


def _response(
    request: requests.PreparedRequest, status: int, headers: CaseInsensitiveDict[str], body: bytes
) -> requests.Response:
    """Return the response as requests' own adapter would."""
    response = requests.Response()
    response.status_code = status
    response.headers = headers
    response.encoding = requests.utils.get_encoding_from_headers(headers)
    response.raw = BytesIO(body)
    response.url = request.url or ""
    response.request = request
    return response
