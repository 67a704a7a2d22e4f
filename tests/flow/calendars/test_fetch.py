"""Fetching of calendars from servers that are good, broken, slow or hostile."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.calendars.events import CalendarError
from gateway.calendars.process import LARGEST
from gateway.channels.support.client import HttpClient
from gateway.core.plan.accounts import Secret
from gateway.core.plan.calendars import CalendarSettings, CalendarSource
from gateway.flow.calendars import fetch as fetching
from gateway.flow.calendars.fetch import REDIRECTS, Fetched, Validators, client_for, fetch
from tests.fakes.calendar import FakeCalendarServer
from tests.fakes.raw import Raw, dripping_headers, silent
from tests.fakes.server import Behaviour

TEXT = "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
NOTHING = Validators()


@pytest.fixture
async def server() -> AsyncIterator[FakeCalendarServer]:
    async with FakeCalendarServer(TEXT) as fake:
        yield fake


@pytest.fixture
async def client() -> AsyncIterator[HttpClient]:
    http = client_for(CalendarSettings())
    yield http
    await http.close()


def at(url: str) -> CalendarSource:
    return CalendarSource("${CALENDAR}", Secret(f"{url}/private-token/basic.ics"))


async def refused(client: HttpClient, source: CalendarSource) -> str:
    """Return the error, which never holds the URL."""
    with pytest.raises(CalendarError) as error:
        await fetch(client, source, NOTHING)
    assert "private-token" not in str(error.value)
    assert "127.0.0.1" not in str(error.value)
    return str(error.value)


async def test_calendar_is_fetched_with_a_name_and_its_validators(
    client: HttpClient, server: FakeCalendarServer
) -> None:
    """Google answers a client without a User-Agent with HTML at times."""
    fetched = await fetch(client, at(server.url), NOTHING)
    assert fetched.body == TEXT.encode()
    assert fetched.validators.etag.startswith('"')
    assert fetched.validators.last_modified == "Wed, 18 Nov 2026 10:00:00 GMT"
    (request,) = server.received
    assert request.headers["User-Agent"].startswith("alert-gateway/")
    assert request.headers["Accept"].startswith("text/calendar")


async def test_unchanged_calendar_is_not_sent_again(
    client: HttpClient, server: FakeCalendarServer
) -> None:
    """The validators of the last copy go back to the server."""
    first = await fetch(client, at(server.url), NOTHING)
    again = await fetch(client, at(server.url), first.validators)
    assert again == Fetched(None, first.validators)
    assert server.received[1].headers["If-Modified-Since"] == "Wed, 18 Nov 2026 10:00:00 GMT"


async def test_redirects_are_followed_up_to_a_limit(
    client: HttpClient, server: FakeCalendarServer
) -> None:
    """Relative and absolute ones; a loop ends."""
    start = "/private-token/basic.ics"
    server.redirects = {start: "/a", "/a": f"{server.url}/b"}
    assert (await fetch(client, at(server.url), NOTHING)).body == TEXT.encode()
    server.redirects = {start: start}
    assert await refused(client, at(server.url)) == "its server redirects more than 5 times"
    assert len(server.received) == 3 + REDIRECTS + 1
    server.redirects = {start: "file:///etc/passwd"}
    assert "redirects to something that is no URL" in await refused(client, at(server.url))


@pytest.mark.parametrize("status", [204, 401, 403, 404, 429, 500, 503])
async def test_other_statuses_are_errors(
    client: HttpClient, server: FakeCalendarServer, status: int
) -> None:
    """Only 200 brings a calendar."""
    server.script(Behaviour(status=status, body="no"))
    assert await refused(client, at(server.url)) == f"its server answered {status}"


async def test_304_without_a_question_is_an_error(
    client: HttpClient, server: FakeCalendarServer
) -> None:
    """There is no copy that it could mean."""
    server.script(Behaviour(status=304))
    assert await refused(client, at(server.url)) == "its server answered 304"


async def test_huge_answer_is_cut_off(client: HttpClient, server: FakeCalendarServer) -> None:
    """No more than the limit is read into memory."""
    server.text = "x" * (LARGEST + 1)
    assert await refused(client, at(server.url)) == "it is larger than 2 MB"


async def test_compressed_answer_is_refused(client: HttpClient, server: FakeCalendarServer) -> None:
    """Its unpacked size would have no bound; we ask for none."""
    server.script(Behaviour(body="x", status=200, headers={"Content-Encoding": "gzip"}))
    assert "compresses" in await refused(client, at(server.url))


async def test_slow_and_dripping_servers_end_at_the_deadline(
    monkeypatch: pytest.MonkeyPatch, client: HttpClient, server: FakeCalendarServer
) -> None:
    """Neither silence nor a byte now and then holds a reading up."""
    monkeypatch.setattr(fetching, "TIMEOUT", 0.2)
    server.script(Behaviour(drip=True))
    assert "within 0.2 s" in await refused(client, at(server.url))
    for handler in (silent, dripping_headers):
        async with Raw(handler) as raw:
            assert "within 0.2 s" in await refused(client, at(raw.url))


async def test_server_that_is_down_is_an_error(client: HttpClient) -> None:
    """It says so without the address."""
    async with Raw() as raw:
        url = raw.url
    assert (await refused(client, at(url))).startswith("its server: ")


async def test_private_addresses_are_refused_where_that_is_set(server: FakeCalendarServer) -> None:
    """Also behind a redirect: each connection is checked."""
    guarded = client_for(CalendarSettings(private_addresses=False))
    try:
        assert "private address" in await refused(guarded, at(server.url))
        assert server.received == []
    finally:
        await guarded.close()


async def test_file_is_read(client: HttpClient, tmp_path: Path) -> None:
    """A missing or huge one is an error; a folder is no file."""
    path = tmp_path / "calendar.ics"
    source = CalendarSource("calendar.ics", path=str(path))
    assert "No such file" in await refused(client, source)
    path.write_text(TEXT)
    assert (await fetch(client, source, NOTHING)).body == TEXT.encode()
    path.write_bytes(b"x" * (LARGEST + 1))
    assert await refused(client, source) == "it is larger than 2 MB"
    folder = CalendarSource("folder", path=str(tmp_path))
    assert "it is a folder" in await refused(client, folder)
