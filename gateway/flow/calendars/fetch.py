"""Fetching of one calendar, from its server or its file."""

import asyncio
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urljoin

import aiohttp

from gateway import __version__
from gateway.calendars.events import CalendarError
from gateway.calendars.process import LARGEST
from gateway.channels.support.client import HttpClient
from gateway.channels.support.connection_errors import connection_failure
from gateway.config.source.regular_file import read_regular
from gateway.core.plan.calendars import CalendarSettings, CalendarSource
from gateway.core.text.escape import one_line
from gateway.core.urls.web_url import web_url

TIMEOUT = 20.0
"""Seconds for one calendar, redirects included. Google takes up to ten for a large one."""

REDIRECTS = 5
"""Redirects that are followed. Servers of calendars use one or two."""

# Google sometimes answers a client without a name with a page of HTML.
_HEADERS = {
    "User-Agent": f"alert-gateway/{__version__}",
    "Accept": "text/calendar, text/plain;q=0.5, */*;q=0.1",
}
_MOVED = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server said about the copy that we have, to ask for changes only."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A calendar as its server sent it; `body` is None if it has not changed."""

    body: bytes | None
    validators: Validators


def client_for(settings: CalendarSettings) -> HttpClient:
    """Return a client for calendars. Close it."""
    return HttpClient(
        2,
        proxy=settings.proxy,
        public_only=not settings.private_addresses,
        total_timeout=TIMEOUT,
        headers=_HEADERS,
        refuse_redirects=False,
    )


async def fetch(client: HttpClient, source: CalendarSource, known: Validators) -> Fetched:
    """Return a calendar's bytes. Raises CalendarError, whose text never holds the URL."""
    if source.url is None:
        return await asyncio.to_thread(_read_file, source.path)
    try:
        async with asyncio.timeout(TIMEOUT):
            return await _request(client, source.url.reveal(), known)
    except TimeoutError:
        raise CalendarError(f"its server did not send it within {TIMEOUT:g} s") from None
    except (aiohttp.ClientError, OSError) as error:
        raise CalendarError(f"its server: {connection_failure(error).detail}") from None


def _read_file(path: str) -> Fetched:
    try:
        body = read_regular(Path(path))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its path is not valid"
        raise CalendarError(f"the file cannot be read: {reason}") from None
    _check_size(body)
    return Fetched(body, Validators())


async def _request(client: HttpClient, url: str, known: Validators) -> Fetched:
    headers = {}
    if known.etag:
        headers["If-None-Match"] = known.etag
    if known.last_modified:
        headers["If-Modified-Since"] = known.last_modified
    for _ in range(REDIRECTS + 1):
        async with client.session.get(url, headers=headers, allow_redirects=False) as answer:
            if answer.status in _MOVED:
                url = _next_url(url, answer.headers.get("Location", ""))
                continue
            if answer.status == 304 and headers:
                return Fetched(None, known)
            if answer.status != 200:
                raise CalendarError(f"its server answered {answer.status}")
            if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
                raise CalendarError("its server compresses it without being asked to")
            body = await _read(answer)
            return Fetched(body, _validators(answer))
    raise CalendarError(f"its server redirects more than {REDIRECTS} times")


def _next_url(url: str, location: str) -> str:
    following = urljoin(url, location)
    try:
        web_url(following)
    except ValueError:
        raise CalendarError("its server redirects to something that is no URL") from None
    if url.lower().startswith("https:") and not following.lower().startswith("https:"):
        raise CalendarError("its server redirects from https to http, which would show the URL")
    return following


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for piece in answer.content.iter_chunked(64 * 1024):
        body += piece
        _check_size(body)
    return bytes(body)


def _check_size(body: bytes | bytearray) -> None:
    if len(body) > LARGEST:
        raise CalendarError(f"it is larger than {LARGEST // 1_000_000} MB")


def _validators(answer: aiohttp.ClientResponse) -> Validators:
    etag = answer.headers.get("ETag", "")
    modified = answer.headers.get("Last-Modified", "")
    try:
        parsedate_to_datetime(modified)
    except (TypeError, ValueError):
        modified = ""
    # Headers of another server are sent back to it as they are, so nothing odd is stored.
    return Validators(etag if etag == one_line(etag, 200) else "", modified)
