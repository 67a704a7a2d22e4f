"""Pages of acknowledge links: GET changes nothing, POST acknowledges, every link is answered."""

import logging
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.core.incidents.incident import State
from gateway.store import StoreUnavailableError
from tests.flow.world import HOUR, MINUTE, ROUTES, START, World, alert
from tests.web.real import Client, served, token

Gateway = tuple[World, Client]


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Gateway]:
    """Serve a gateway in which incident #1001 is firing and was notified."""
    async with served(tmp_path) as (world, client):
        await world.post(alert(instance="billing-1"), alert(instance="billing-2"))
        await world.advance(MINUTE)
        yield world, client


async def text_of(client: Client, method: str, path: str, status: int = 200, **more: object) -> str:
    """Request a page and return its text without tags, in one line."""
    answer = await client.request(method, path, **more)  # type: ignore[arg-type]
    page = await answer.text()
    assert answer.status == status, page
    assert answer.content_type == "text/html"
    body = re.sub(r"(?s)<style>.*?</style>", " ", page)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


async def test_get_shows_the_incident_and_changes_nothing(gateway: Gateway) -> None:
    """Promise 5, E18: GET shows name, severity, duration and a button, and changes nothing."""
    world, client = gateway
    link = f"/ack/{token(world)}"
    before = await world.incident()
    for _ in range(3):
        page = await text_of(client, "GET", link)
    for expected in (
        "CRITICAL #1001",
        "DoubleChargeDetected happened",
        "firing for",
        "Unacknowledged.",
        "Acknowledge as Ana",
        "It covers these 2 alerts",
        "instance billing-1",
        "Runbook",
    ):
        assert expected in page
    assert await world.incident() == before


async def test_head_request_changes_nothing(gateway: Gateway) -> None:
    """E18: HEAD is answered with the same safe headers and changes nothing."""
    world, client = gateway
    before = await world.incident()
    answer = await client.head(f"/ack/{token(world)}")
    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert await world.incident() == before


async def test_pages_cannot_leak_or_be_framed(gateway: Gateway) -> None:
    """E19: a page allows no referrer, cache, index, frame, script or foreign content."""
    world, client = gateway
    for path in (f"/ack/{token(world)}", "/ack/forged"):
        answer = await client.get(path)
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert answer.headers["X-Frame-Options"] == "DENY"
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'")
        assert "script-src" not in policy
        assert "unsafe" not in policy
        page = await answer.text()
        assert "<script" not in page
        assert not re.search(r'(?:src|action)="https?:', page)


async def test_post_acknowledges_the_incident(gateway: Gateway) -> None:
    """POST acknowledges the incident, and the page names the person."""
    world, client = gateway
    page = await text_of(client, "POST", f"/ack/{token(world)}")
    assert "Acknowledged by you" in page
    assert "Undo the acknowledgement" in page
    incident = await world.incident()
    assert incident.state is State.ACKNOWLEDGED
    assert incident.ack is not None
    assert (incident.ack.by, incident.ack.via) == ("ana", "link")


async def test_repeated_request_changes_nothing(gateway: Gateway) -> None:
    """E19: a used link still works, and repeating it changes nothing."""
    world, client = gateway
    link = f"/ack/{token(world)}"
    await client.post(link)
    acknowledged = await world.incident()
    world.now += MINUTE
    assert "Acknowledged by you" in await text_of(client, "POST", link)
    assert "Acknowledged by you" in await text_of(client, "GET", link)
    assert (await world.incident()).ack == acknowledged.ack


async def test_second_acknowledgement_names_the_first_person(gateway: Gateway) -> None:
    """E20: of two people the first acknowledges, and the second sees that name."""
    world, client = gateway
    await client.post(f"/ack/{token(world)}")
    page = await text_of(client, "POST", f"/ack/{token(world, 'ben')}")
    assert "Acknowledged by Ana" in page
    incident = await world.incident()
    assert incident.ack is not None
    assert incident.ack.by == "ana"


async def test_undo_withdraws_the_acknowledgement(gateway: Gateway) -> None:
    """E18: a mistaken or automatic acknowledgement is undone from the same page."""
    world, client = gateway
    link = f"/ack/{token(world)}"
    await client.post(link)
    page = await text_of(client, "POST", f"{link}/undo")
    assert "Unacknowledged." in page
    assert "Acknowledge as Ana" in page
    assert (await world.incident()).state is State.FIRING
    assert "It was not acknowledged, so there was nothing to undo." in await text_of(
        client, "POST", f"{link}/undo"
    )


async def test_acknowledged_incident_offers_one_take_over_button(gateway: Gateway) -> None:
    """E20, promise 5: the page names the holder, GET changes nothing, one POST takes over."""
    world, client = gateway
    await client.post(f"/ack/{token(world)}")
    link = f"/ack/{token(world, 'ben')}"
    page = await text_of(client, "GET", link)
    assert "Acknowledged by Ana" in page
    assert "Take over from Ana" in page
    assert (await client.get(f"{link}/take")).status == 405
    assert (await world.incident()).ack.by == "ana"  # type: ignore[union-attr]
    page = await text_of(client, "POST", f"{link}/take", data={"from": "ana"})
    assert "Acknowledged by you" in page
    assert "Undo: give it back to Ana" in page
    assert (await world.incident()).ack.by == "ben"  # type: ignore[union-attr]


async def test_second_take_over_from_the_same_page_names_the_first(gateway: Gateway) -> None:
    """E20: of two people with the same page the first wins; the second sees her name."""
    world, client = gateway
    await client.post(f"/ack/{token(world)}")
    await client.post(f"/ack/{token(world, 'ben')}/take", data={"from": "ana"})
    for shown_holder in ("ana", ""):
        link = f"/ack/{token(world, 'cho')}/take"
        page = await text_of(client, "POST", link, data={"from": shown_holder})
        assert "Nothing changed: another person was faster." in page
        assert "Acknowledged by Ben" in page
        assert "Take over from Ben" in page
    assert (await world.incident()).ack.by == "ben"  # type: ignore[union-attr]


async def test_undone_take_over_returns_to_the_former_holder(gateway: Gateway) -> None:
    """E18: a mistaken take-over is undone from the same page and returns to the former holder."""
    world, client = gateway
    await client.post(f"/ack/{token(world)}")
    link = f"/ack/{token(world, 'ben')}"
    await client.post(f"{link}/take", data={"from": "ana"})
    page = await text_of(client, "POST", f"{link}/undo", data={"back": "1"})
    assert "Acknowledged by Ana" in page
    second_undo = await text_of(client, "POST", f"{link}/undo", data={"back": "1"})
    assert "It cannot be given back any more" in second_undo
    assert (await world.incident()).ack.by == "ana"  # type: ignore[union-attr]


@pytest.mark.parametrize("action", ["", "/take", "/undo"])
async def test_foreign_page_cannot_act(gateway: Gateway, action: str) -> None:
    """Promise 5: a form on another site's page changes nothing, whichever action it names."""
    world, client = gateway
    await client.post(f"/ack/{token(world)}")
    before = await world.incident()
    headers = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    link = f"/ack/{token(world, 'ben')}{action}"
    answer = await client.post(link, data={"from": "ana"}, headers=headers)
    assert answer.status == 403
    assert await world.incident() == before


async def test_link_of_resolved_incident_says_resolved(gateway: Gateway) -> None:
    """E19, E20: the link of a resolved incident says so and acknowledges nothing."""
    world, client = gateway
    link = f"/ack/{token(world)}"
    ended = [
        alert(instance=name, starts_at=START, ends_at=world.now)
        for name in ("billing-1", "billing-2")
    ]
    await world.post(*ended)
    await world.advance(10 * MINUTE)
    for method in ("GET", "POST"):
        page = await text_of(client, method, link)
        assert "Resolved at" in page
        assert "Acknowledge" not in page
    assert (await world.incident()).state is State.RESOLVED


async def test_later_alert_needs_a_new_acknowledgement(gateway: Gateway) -> None:
    """E20, E21: an alert after the acknowledgement is not covered and can be acknowledged too."""
    world, client = gateway
    link = f"/ack/{token(world)}"
    await client.post(link)
    await world.advance(MINUTE)
    await world.post(alert(instance="billing-3"))
    assert "Acknowledge 1 new" not in await text_of(client, "GET", link)  # not notified yet
    await world.advance(5 * MINUTE)
    page = await text_of(client, "GET", link)
    assert "1 later alert is not covered" in page
    assert "Acknowledge 1 new alert too" in page
    await client.post(link)
    assert "Acknowledge 1 new" not in await text_of(client, "GET", link)


async def test_expired_link_names_the_incident_and_changes_nothing(gateway: Gateway) -> None:
    """E19: an expired link changes nothing and names the incident."""
    world, client = gateway
    link = f"/ack/{token(world, lifetime=HOUR)}"
    world.now += 2 * HOUR
    for method in ("GET", "POST"):
        page = await text_of(client, method, link, status=410)
        assert "This link has expired" in page
        assert "gateway ack 1001" in page
    assert (await world.incident()).ack is None


async def test_forged_link_reveals_nothing(gateway: Gateway) -> None:
    """E19: cut, changed and invented tokens are refused alike and reveal no incident."""
    world, client = gateway
    good = token(world)
    swapped = good[:-1] + ("A" if good[-1] != "A" else "B")
    for bad in (good[:-2], swapped, "x", "%00", "ä", "a" * 5000, good + "%20", f"{good}."):
        for method in ("GET", "POST"):
            page = await text_of(client, method, f"/ack/{bad}", status=404)
            assert "This link is not valid" in page
            assert "1001" not in page
    assert (await world.incident()).ack is None


async def test_link_of_deleted_incident_says_so(gateway: Gateway) -> None:
    """A genuine link to a deleted incident says that the incident is unknown."""
    world, client = gateway
    for method in ("GET", "POST"):
        page = await text_of(client, method, f"/ack/{token(world, number=9)}", status=404)
        assert "There is no incident #9" in page


@pytest.mark.parametrize(
    "header",
    [
        {"Sec-Purpose": "prefetch"},
        {"Sec-Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
        {"X-Moz": "prefetch"},
        {"X-Purpose": "preview"},
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_prefetch_is_refused(gateway: Gateway, header: dict[str, str], method: str) -> None:
    """E18: a request that a browser makes in advance is refused and changes nothing."""
    world, client = gateway
    await text_of(client, method, f"/ack/{token(world)}", status=403, headers=header)
    assert (await world.incident()).ack is None


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 200),
        ({"Origin": "null"}, 200),
        ({"Origin": "http://gateway.example.com"}, 200),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
    ],
)
async def test_post_from_another_site_is_refused(
    gateway: Gateway, headers: dict[str, str], status: int
) -> None:
    """A POST from another site's page is refused in spite of a valid token."""
    world, client = gateway
    await text_of(client, "POST", f"/ack/{token(world)}", status=status, headers=headers)
    assert ((await world.incident()).ack is not None) == (status == 200)


async def test_shared_link_asks_for_the_person(gateway: Gateway) -> None:
    """A link without a person offers those on call first and accepts only a known person."""
    world, client = gateway
    link = f"/ack/{token(world, '')}"
    page = await text_of(client, "GET", link)
    assert "Who are you? Please choose Ana Ben Acknowledge" in page
    html = await (await client.get(link)).text()
    assert html.index("On call now") < html.index("Everybody")
    for wrong in ({}, {"person": ""}, {"person": "mallory"}):
        page = await text_of(client, "POST", link, status=422, data=wrong)
        assert "Please choose who you are." in page
        assert (await world.incident()).ack is None
    assert "Acknowledged by you" in await text_of(client, "POST", link, data={"person": "ben"})
    incident = await world.incident()
    assert incident.ack is not None
    assert incident.ack.by == "ben"


async def test_personal_link_ignores_the_person_of_the_form(gateway: Gateway) -> None:
    """E19: the token decides who acknowledges, whichever person the form names."""
    world, client = gateway
    await client.post(f"/ack/{token(world)}", data={"person": "ben"})
    incident = await world.incident()
    assert incident.ack is not None
    assert incident.ack.by == "ana"


async def test_shared_link_without_people_accepts_any_name(tmp_path: Path) -> None:
    """Without configured people, anyone with a shared link may enter any name."""
    routes = "route: {receiver: r}\nreceivers: [{name: r, email: [{to: ops@example.com}]}]\n"
    routes += "channels: {email: {provider: console}}\n"
    async with served(tmp_path, routes) as (world, client):
        await world.post(alert())
        page = await text_of(
            client, "POST", f"/ack/{token(world, '')}", data={"person": " Dee\n<b>" + "x" * 200}
        )
        assert "Acknowledged by you" in page
        incident = await world.incident()
        assert incident.ack is not None
        assert incident.ack.by.startswith("Dee <b>xx")
        assert len(incident.ack.by) <= 80


async def test_hostile_labels_are_escaped(gateway: Gateway) -> None:
    """E17: markup, scripts and direction marks of a label are escaped on the page."""
    world, client = gateway
    hostile = {"summary": "<script>alert(1)</script> \u202egnp.exe", "runbook_url": "javascript:x"}
    await world.post(alert('"><img src=x>', annotations=hostile))
    html = await (await client.get(f"/ack/{token(world, number=1002)}")).text()
    assert "<script" not in html
    assert "<img" not in html
    assert "javascript:" not in html
    assert "\u202e" not in html
    assert "&lt;script&gt;" in html


async def test_no_token_reaches_the_log(
    gateway: Gateway, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E19: neither a successful nor a failing request logs the token."""
    caplog.set_level(logging.DEBUG)
    world, client = gateway
    secret = token(world)
    await client.get(f"/ack/{secret}")

    async def broken(*_: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(world.engine, "act", broken)
    page = await text_of(client, "POST", f"/ack/{secret}", status=500)
    error_id = re.search(r"log has more under ([0-9a-f]{8})", page)
    assert error_id is not None
    assert any(getattr(record, "error_id", "") == error_id[1] for record in caplog.records)
    assert secret not in caplog.text


async def test_unavailable_database_asks_to_try_again(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A button pressed while nothing can be stored asks the person to press it again."""
    world, client = gateway

    async def lost(*_: object) -> None:
        raise StoreUnavailableError("the disk is full")

    monkeypatch.setattr(world.engine, "act", lost)
    answer = await client.post(f"/ack/{token(world)}")
    assert answer.status == 503
    assert answer.headers["Retry-After"]
    assert "try again" in await answer.text()


def test_routes_have_ana_on_call() -> None:
    """The tests above rely on ana being on call, and on ben not being."""
    assert "members: [ana]" in ROUTES


async def test_description_precedes_the_button(tmp_path: Path) -> None:
    """The page shows the description with its first steps above the button, as the message does."""
    async with served(tmp_path) as (world, client):
        annotations = {"summary": "Charged twice", "description": "Stop the renewal cron first."}
        await world.post(alert(annotations=annotations))
        await world.advance(1.0)
        page = await (await client.get(f"/ack/{token(world)}")).text()
    assert "Stop the renewal cron first." in page
    assert page.index("Stop the renewal cron") < page.index("<button")
