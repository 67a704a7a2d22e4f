"""The HTTP client of every channel, for our own requests and for the SDKs'.

A call has a total deadline, which covers name lookup, connecting, TLS, sending, and every byte of
the response, which is read up to a limit. Redirects, cookies, compression and the environment's
proxies and .netrc are not used.
"""

import logging
import ssl
from base64 import b64encode
from collections.abc import Mapping
from functools import cache, cached_property, lru_cache
from io import BytesIO
from types import SimpleNamespace

import aiohttp

from gateway.channels.support.private_addresses import public_socket
from gateway.channels.support.resolver import Resolver
from gateway.channels.support.tls import tls_context
from gateway.core.errors import GatewayError
from gateway.core.plan.accounts import Secret
from gateway.core.urls.web_url import WebUrl, proxy_url

TOTAL_TIMEOUT = 10.0
"""Seconds for a whole call, well below the lease of a claim. Higher: pages that wait behind sixteen
slow responses leave later than after half a minute."""

CONNECT_TIMEOUT = 3.0
"""Seconds for name lookup, connecting and TLS. Twice as long through a proxy, which connects
too."""

CONNECT_SHARE = 0.75
"""The largest share of a call's time that connecting may take."""

RESPONSE_BYTES = 1024 * 1024
"""Bytes of a response that are read. Slack's is the largest, 100 kB: it repeats our message."""

LARGE_BODY = 512 * 1024
"""Bytes from which a body is sent as a file, because aiohttp warns of larger ones in memory."""

logger = logging.getLogger(__name__)


class ResponseTooLargeError(GatewayError, aiohttp.ClientError):
    """The response is larger than RESPONSE_BYTES."""


class RedirectError(GatewayError, aiohttp.ClientError):
    """The vendor answered with a redirect, which would send message and token to another host."""


class BoundedResponse(aiohttp.ClientResponse):
    """A response whose body is read up to RESPONSE_BYTES."""

    async def read(self) -> bytes:
        """Return the body; of an error only the first RESPONSE_BYTES.

        Raises ResponseTooLargeError when a success has more.
        """
        if self._body is None:
            try:
                body = await _up_to(self.content, RESPONSE_BYTES)
            except BaseException:
                self.close()
                raise
            self._body = body[:RESPONSE_BYTES]
            if len(body) > RESPONSE_BYTES:
                self.close()  # the rest is not worth reading, and the connection with it
                if self.status < 400:
                    raise ResponseTooLargeError
                return self._body
        return await super().read()


async def _up_to(content: aiohttp.StreamReader, limit: int) -> bytes:
    """Read all, or a little more than `limit` bytes of it."""
    read = bytearray()
    while len(read) <= limit:
        piece = await content.read(limit + 1 - len(read))
        if not piece:
            break
        read += piece
    return bytes(read)


class HttpClient:
    """An HTTP session with its resolver. Needs a running event loop; close it."""

    def __init__(
        self,
        in_flight: int,
        *,
        proxy: Secret | None = None,
        public_only: bool = False,
        total_timeout: float = TOTAL_TIMEOUT,
        connect_timeout: float = CONNECT_TIMEOUT,
        headers: Mapping[str, str] | None = None,
        refuse_redirects: bool = True,
    ) -> None:
        """Set up the session. Timeouts are in seconds.

        `public_only` refuses to connect to private addresses.

        `refuse_redirects` False is for callers that pass `allow_redirects=False` each time: it
        saves a few of aiohttp's signals per call.

        Raises ValueError for a proxy that cannot be used.
        """
        url = None if proxy is None else _proxy_for_aiohttp(proxy)
        self.total_timeout = total_timeout
        self.connect_timeout = connect_timeout * (1 if url is None else 2)
        self._resolver = Resolver(in_flight)
        self._closed = False

        def open_session() -> aiohttp.ClientSession:
            return aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    resolver=self._resolver,
                    ssl=_tls(),
                    # Gets every address right before connecting, also literal ones, which never
                    # reach a resolver.
                    socket_factory=public_socket if public_only else None,
                ),
                timeout=self.timeout(total_timeout),
                proxy=url,
                # A compressed response could grow without bound, and ours are short.
                headers={"Accept-Encoding": "identity", **(headers or {})},
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),  # no state that a restart would lose
                response_class=BoundedResponse,
                trace_configs=[_no_redirects()] if refuse_redirects else None,
                trust_env=False,
            )

        self._open_session = open_session

    @cached_property
    def session(self) -> aiohttp.ClientSession:
        """Return the session, which the first call opens.

        Raises ClientConnectionError if the client is closed.
        """
        if self._closed:
            raise aiohttp.ClientConnectionError("the client is closed")
        return self._open_session()

    def timeout(self, total: float) -> aiohttp.ClientTimeout:
        """Return the limits of one call of `total` seconds.

        Connecting has a shorter limit, so that a failure to connect is known to be undelivered.
        """
        return _timeout(total, min(CONNECT_SHARE * total, self.connect_timeout))

    def problem(self) -> str:
        """Return what is wrong with name lookups; empty when nothing is."""
        return self._resolver.threads.problem()

    async def close(self) -> None:
        """Close all connections; calls in flight fail."""
        self._closed = True
        if "session" in self.__dict__:
            await self.session.close()


def request_body(data: bytes) -> bytes | BytesIO:
    """Return a body as aiohttp takes it without a warning and without copying."""
    return data if len(data) < LARGE_BODY else BytesIO(data)


def basic_auth(url: WebUrl) -> str:
    """Return the header with the credentials of a URL."""
    return authorization(url.username or "", url.password or "")


def authorization(username: str, password: str) -> str:
    """Return the header of HTTP's basic authentication, in UTF-8 (RFC 7617, 2.1)."""
    both = f"{username}:{password}"
    return "Basic " + b64encode(both.encode("utf-8", "surrogateescape")).decode("ascii")


def _proxy_for_aiohttp(proxy: Secret) -> str:
    """Return the checked URL; aiohttp sends its credentials to the proxy."""
    proxy_url(proxy.reveal())
    return proxy.reveal()


@lru_cache(maxsize=256)
def _timeout(total: float, connect: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=total, connect=connect)


@cache
def _tls() -> ssl.SSLContext:
    context = tls_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


def _no_redirects() -> aiohttp.TraceConfig:
    """Return a trace that refuses redirects, for SDKs without `allow_redirects=False`."""
    trace = aiohttp.TraceConfig()
    trace.on_request_redirect.append(_refuse_redirect)
    return trace


async def _refuse_redirect(
    session: aiohttp.ClientSession,
    context: SimpleNamespace,
    params: aiohttp.TraceRequestRedirectParams,
) -> None:
    raise RedirectError
