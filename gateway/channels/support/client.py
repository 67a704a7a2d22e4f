"""The HTTP client of every channel: one set of limits, for our own requests and for the SDKs'.

A call has a total deadline, which covers name lookup, connecting, TLS, sending, and every byte of
the answer. An answer is read up to a limit. Redirects, cookies, compression and the environment's
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
from requests.utils import DEFAULT_CA_BUNDLE_PATH

from gateway.channels.support.private_addresses import public_socket
from gateway.channels.support.resolver import Resolver
from gateway.core.plan.accounts import Secret
from gateway.core.urls.web_url import WebUrl, proxy_url

TOTAL_TIMEOUT = 10.0
"""Seconds for a whole call. Well below the lease of a claim, and so short that pages which wait
behind sixteen dripping answers still leave within half a minute."""

CONNECT_TIMEOUT = 3.0
"""Seconds for name lookup, connecting and TLS. Twice as long through a proxy, which connects
as well."""

CONNECT_SHARE = 0.75
"""The largest part of a call's time that connecting may take, for calls with a short one."""

RESPONSE_BYTES = 1024 * 1024
"""Bytes of an answer that are read. The largest useful one is Slack's, which repeats our message:
about 100 kB."""

LARGE_BODY = 512 * 1024
"""Bytes from which a body is handed over as a file: aiohttp warns of larger ones in memory."""

logger = logging.getLogger(__name__)


class ResponseTooLargeError(aiohttp.ClientError):
    """The answer is larger than ANSWER_BYTES."""


class RedirectError(aiohttp.ClientError):
    """The vendor answered with a redirect: following it would carry message and token elsewhere."""


class BoundedResponse(aiohttp.ClientResponse):
    """An answer whose body is read up to ANSWER_BYTES."""

    async def read(self) -> bytes:
        """Return the body. Of an error the first ANSWER_BYTES do, because its status decides.

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
        """Timeouts in seconds. `public_only` refuses to connect to private addresses.

        `refuse_redirects` False is for those who say `allow_redirects=False` with every call:
        watching for redirects costs each call a few signals of aiohttp's.

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
                    # Sees every address right before it is connected to, also literal ones, which a
                    # resolver is never asked for.
                    socket_factory=public_socket if public_only else None,
                ),
                timeout=self.timeout(total_timeout),
                proxy=url,
                # A compressed answer could grow without bound, and ours are short.
                headers={"Accept-Encoding": "identity", **(headers or {})},
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),  # nothing that a restart would miss
                response_class=BoundedResponse,
                trace_configs=[_no_redirects()] if refuse_redirects else None,
                trust_env=False,
            )

        self._open_session = open_session

    @cached_property
    def session(self) -> aiohttp.ClientSession:
        """The session, opened by the first call: a client that is not used holds nothing open.

        Raises ClientConnectionError when the client was closed before.
        """
        if self._closed:
            raise aiohttp.ClientConnectionError("the client is closed")
        return self._open_session()

    def timeout(self, total: float) -> aiohttp.ClientTimeout:
        """The limits of one call of `total` seconds.

        Connecting ends before the call does, so that it is known not to have delivered anything.
        """
        return _timeout(total, min(CONNECT_SHARE * total, self.connect_timeout))

    def problem(self) -> str:
        """What is wrong with name lookups; empty when nothing is."""
        return self._resolver.threads.problem()

    async def close(self) -> None:
        """Close all connections; calls in flight fail."""
        self._closed = True
        if "session" in self.__dict__:
            await self.session.close()


def request_body(data: bytes) -> bytes | BytesIO:
    """A body as aiohttp takes it without a warning and without copying."""
    return data if len(data) < LARGE_BODY else BytesIO(data)


def basic_auth(url: WebUrl) -> str:
    """The header of HTTP's basic authentication, in UTF-8 (RFC 7617, 2.1)."""
    both = f"{url.username or ''}:{url.password or ''}"
    return "Basic " + b64encode(both.encode("utf-8", "surrogateescape")).decode("ascii")


def _proxy_for_aiohttp(proxy: Secret) -> str:
    """The checked URL, credentials included: aiohttp sends them as Proxy-Authorization."""
    proxy_url(proxy.reveal())
    return proxy.reveal()


@lru_cache(maxsize=256)
def _timeout(total: float, connect: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=total, connect=connect)


@cache
def _tls() -> ssl.SSLContext:
    """Trust the system's certificate authorities, or certifi's on a system without any."""
    context = ssl.create_default_context()
    if not context.cert_store_stats()["x509_ca"]:
        context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
    context.set_alpn_protocols(["http/1.1"])
    return context


def _no_redirects() -> aiohttp.TraceConfig:
    """Refuse redirects in requests of SDKs that do not let us say `allow_redirects=False`."""
    trace = aiohttp.TraceConfig()
    trace.on_request_redirect.append(_refuse_redirect)
    return trace


async def _refuse_redirect(
    session: aiohttp.ClientSession,
    context: SimpleNamespace,
    params: aiohttp.TraceRequestRedirectParams,
) -> None:
    raise RedirectError
