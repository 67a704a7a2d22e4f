"""Following of links, politely: HEAD first, few at a time for each server, no credentials."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from urllib.parse import urljoin, urlsplit

import aiohttp

from gateway import __version__
from gateway.channels.support.client import HttpClient
from gateway.channels.support.connection_errors import connection_failure
from gateway.channels.support.private_addresses import PrivateAddressError
from gateway.core.plan.link_checks import FoundLink, LinkCheckSettings, LinkResult, LinkState
from gateway.core.urls.web_url import web_url

AT_ONCE = 8
"""Requests at the same time. Higher: a file of a thousand links is noticed by its network."""

FOR_ONE_HOST = 2
"""Requests to one server at the same time. Wikis are small."""

REDIRECTS = 5
"""Redirects that are followed. A sign-in page has one or two in front of it."""

MOST = 5000
"""Links that are followed in one check; the rest is listed as not checked."""

_MOVED = (301, 302, 303, 307, 308)
_HEAD_REFUSED = (403, 405, 501)
_HIDDEN = (401, 403, 407)
"""Answers of servers that require a sign-in: whether the page exists is not known."""

_BUSY = 429


async def check_links(links: Sequence[FoundLink], settings: LinkCheckSettings) -> list[LinkResult]:
    """Return the result of each link, in their order. Never raises for what a server does."""
    client = HttpClient(
        AT_ONCE,
        proxy=settings.proxy,
        public_only=not settings.private_addresses,
        total_timeout=settings.timeout,
        headers={"User-Agent": f"alert-gateway/{__version__} (link check)", "Accept": "*/*"},
        refuse_redirects=False,
    )
    slots = asyncio.Semaphore(AT_ONCE)
    hosts: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(FOR_ONE_HOST))

    async def check(number: int, link: FoundLink) -> LinkResult:
        if link.problem:
            return LinkResult(link.url, link.positions, LinkState.DEAD, link.problem)
        if number >= MOST:
            text = f"not followed: more than {MOST} links"
            return LinkResult(link.url, link.positions, LinkState.UNKNOWN, text)
        # The host first: links of one host that wait must not take the slots of the others.
        async with hosts[urlsplit(link.url).netloc], slots:
            state, detail = await _follow(client, link.url)
        return LinkResult(link.url, link.positions, state, detail)

    try:
        return await asyncio.gather(*(check(number, one) for number, one in enumerate(links)))
    finally:
        await client.close()


async def _follow(client: HttpClient, url: str) -> tuple[LinkState, str]:
    try:
        for _ in range(REDIRECTS + 1):
            status, location = await _request(client, url)
            if status not in _MOVED:
                return _judge(status)
            # Each hop is checked like the first one: the client checks every address.
            url = web_url(urljoin(url, location)).text
    except ValueError:
        return LinkState.DEAD, "it redirects to something that is no URL"
    except TimeoutError:
        return LinkState.DEAD, "no answer in time"
    except (aiohttp.ClientError, OSError) as error:
        return _failed(error)
    return LinkState.DEAD, f"it redirects more than {REDIRECTS} times"


async def _request(client: HttpClient, url: str) -> tuple[int, str]:
    """Return status and Location of a HEAD, or of a GET where HEAD is refused."""
    for method in ("HEAD", "GET"):
        async with client.session.request(method, url, allow_redirects=False) as answer:
            status, location = answer.status, answer.headers.get("Location", "")
            answer.close()  # its body is not read, and the connection goes with it
        if status not in _HEAD_REFUSED:
            break
    return status, location


def _judge(status: int) -> tuple[LinkState, str]:
    if 200 <= status < 300 or status == 304:
        return LinkState.OK, ""
    if status in _HIDDEN:
        return LinkState.UNKNOWN, f"its server requires a sign-in (status {status})"
    if status == _BUSY:
        return LinkState.UNKNOWN, "its server refuses so many requests (status 429)"
    return LinkState.DEAD, f"its server answers with status {status}"


def _failed(error: BaseException) -> tuple[LinkState, str]:
    cause = getattr(error, "os_error", error)
    if isinstance(cause, PrivateAddressError):
        return (
            LinkState.UNKNOWN,
            "not followed: a private address; link_checks: {private_addresses: allow} follows it",
        )
    return LinkState.DEAD, connection_failure(error).detail
