"""Pages of acknowledge links: viewing never acknowledges, and every request is answered."""

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
    """Yield a gateway whose incident #1001 fires and was notified."""
    async with served(tmp_path) as (world, client):
        await world.post(alert(instance="billing-1"), alert(instance="billing-2"))
        await world.advance(MINUTE)
        yield world, client


async def text_of(client: Client, method: str, path: str, status: int = 200, **more: object) -> str:
    """The page's text without its tags, in one line."""
    answer = await client.request(method, path, **more)  # type: ignore[arg-type]
    page = await answer.text()
    assert answer.status == status, page
    assert answer.content_type == "text/html"
    body = re.sub(r"(?s)<style>.*?</style>", " ", page)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


async def test_get_shows_the_incident_and_changes_nothing(gateway: Gateway) -> None:
    """Promise 5, E18: GET shows what, how bad, since when and a button, and changes nothing."""
    world, client = gateway
    link = f"/ack/{token(world)}"
    before = await world.incident()
    for _ in range(3):
        page = await text_of(client, "GET", link)
    for text in (
        "CRITICAL #1001",
        "DoubleChargeDetected happened",
        "firing for",
        "Unacknowledged.",
        "Acknowledge as Ana",
        "It covers these 2 alerts",
        "instance billing-1",
        "Runbook",
    ):
        assert text in page
    assert await world.incident() == before


async def test_a_head_request_does_nothing(gateway: Gateway) -> None:
    """E18: HEAD is answered with the same safe headers and touches nothing."""
    world, client = gateway
    before = await world.incident()
    answer = await client.head(f"/ack/{token(world)}")
    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert await world.incident() == before


async def test_pages_cannot_leak_or_be_framed(gateway: Gateway) -> None:
    """E19: no referrer, no cache, no index, no frame, no script, nothing from outside."""
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


async def test_the_button_acknowledges(gateway: Gateway) -> None:
    """POST acknowledges the incident, and the page names the person."""
    world, client = gateway
    page = await text_of(client, "POST", f"/ack/{token(world)}")
    assert "Acknowledged by you" in page
    assert "Undo the acknowledgement" in page
    incident = await world.incident()
    assert incident.state is State.ACKNOWLEDGED
    assert incident.ack is not None
    assert (incident.ack.by, incident.ack.via) == ("ana", "link")


async def test_again_is_the_same(gateway: Gateway) -> None:
    """E19: the link works again and again, and nothing more happens."""
    world, client = gateway
    link = f"/ack/{token(world)}"
    await client.post(link)
    taken = await world.incident()
    world.now += MINUTE
    assert "Acknowledged by you" in await text_of(client, "POST", link)
    assert "Acknowledged by you" in await text_of(client, "GET", link)
    assert (await world.incident()).ack == taken.ack


async def test_second_person_sees_who_acknowledged_first(gateway: Gateway) -> None:
    """E20: of two people at once the first wins, and the second sees the name."""
    world, client = gateway
    await client.post(f"/ack/{token(world)}")
    page = await text_of(client, "POST", f"/ack/{token(world, 'ben')}")
    assert "Acknowledged by Ana" in page
    incident = await world.incident()
    assert incident.ack is not None
    assert incident.ack.by == "ana"


async def test_what_was_taken_can_be_given_back(gateway: Gateway) -> None:
    """E18: an acknowledgement made by mistake, or by a machine, is undone from the same page."""
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


async def test_held_incident_offers_one_take_over_button(gateway: Gateway) -> None:
    """E20, promise 5: the page names the person, GET changes nothing, one POST takes over."""
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
    for held in ("ana", ""):
        link = f"/ack/{token(world, 'cho')}/take"
        page = await text_of(client, "POST", link, data={"from": held})
        assert "Nothing changed: another person was faster." in page
        assert "Acknowledged by Ben" in page
        assert "Take over from Ben" in page
    assert (await world.incident()).ack.by == "ben"  # type: ignore[union-attr]


async def test_take_over_is_given_back_from_the_page(gateway: Gateway) -> None:
    """E18: a take-over made by mistake is undone from the same page, and then the former has it."""
    world, client = gateway
    await client.post(f"/ack/{token(world)}")
    link = f"/ack/{token(world, 'ben')}"
    await client.post(f"{link}/take", data={"from": "ana"})
    page = await text_of(client, "POST", f"{link}/undo", data={"back": "1"})
    assert "Acknowledged by Ana" in page
    late = await text_of(client, "POST", f"{link}/undo", data={"back": "1"})
    assert "It cannot be given back any more" in late
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


async def test_late_acknowledgement_sees_that_it_is_resolved(gateway: Gateway) -> None:
    """E19, E20: after the end there is nothing to take; the link says so and does nothing."""
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


async def test_a_new_firing_needs_a_new_acknowledgement(gateway: Gateway) -> None:
    """E20, E21: what came after the acknowledgement is not covered, and can be taken too."""
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


async def test_an_expired_link_says_so(gateway: Gateway) -> None:
    """E19: past its end a link does nothing and names the incident."""
    world, client = gateway
    link = f"/ack/{token(world, lifetime=HOUR)}"
    world.now += 2 * HOUR
    for method in ("GET", "POST"):
        page = await text_of(client, method, link, status=410)
        assert "This link has expired" in page
        assert "gateway ack 1001" in page
    assert (await world.incident()).ack is None


async def test_a_forged_link_says_nothing(gateway: Gateway) -> None:
    """E19: cut, changed or invented tokens are refused alike, without a word about incidents."""
    world, client = gateway
    good = token(world)
    swapped = good[:-1] + ("A" if good[-1] != "A" else "B")
    for bad in (good[:-2], swapped, "x", "%00", "ä", "a" * 5000, good + "%20", f"{good}."):
        for method in ("GET", "POST"):
            page = await text_of(client, method, f"/ack/{bad}", status=404)
            assert "This link is not valid" in page
            assert "1001" not in page
    assert (await world.incident()).ack is None


async def test_an_incident_that_is_gone(gateway: Gateway) -> None:
    """A genuine link to an incident that was removed says that."""
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
    """E18: what a browser loads ahead of any wish is refused and does nothing."""
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
async def test_another_site_cannot_press_the_button(
    gateway: Gateway, headers: dict[str, str], status: int
) -> None:
    """Beside the token, a POST must not come from another site's page."""
    world, client = gateway
    await text_of(client, "POST", f"/ack/{token(world)}", status=status, headers=headers)
    assert ((await world.incident()).ack is not None) == (status == 200)


async def test_a_link_for_a_shared_mailbox_asks_who_it_is(gateway: Gateway) -> None:
    """A link that names nobody asks, those on call first, and takes only a known person."""
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


async def test_a_personal_link_is_that_persons(gateway: Gateway) -> None:
    """E19: the token says who acknowledges; a form cannot say otherwise."""
    world, client = gateway
    await client.post(f"/ack/{token(world)}", data={"person": "ben"})
    incident = await world.incident()
    assert incident.ack is not None
    assert incident.ack.by == "ana"


async def test_without_any_people_a_name_is_enough(tmp_path: Path) -> None:
    """Without configured people, a shared link accepts any name."""
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


async def test_hostile_labels_stay_text(gateway: Gateway) -> None:
    """E17: markup, scripts and direction marks of a label reach no page as such."""
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
    """E19: neither a fine request nor one that fails inside writes the token anywhere."""
    caplog.set_level(logging.DEBUG)
    world, client = gateway
    secret = token(world)
    await client.get(f"/ack/{secret}")

    async def broken(*_: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(world.engine, "acknowledge", broken)
    page = await text_of(client, "POST", f"/ack/{secret}", status=500)
    mark = re.search(r"log has more under ([0-9a-f]{8})", page)
    assert mark is not None
    assert any(getattr(record, "error_id", "") == mark[1] for record in caplog.records)
    assert secret not in caplog.text


async def test_lost_database_is_explained_on_the_page(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If nothing can be saved, the page asks to press the button again."""
    world, client = gateway

    async def lost(*_: object) -> None:
        raise StoreUnavailableError("the disk is full")

    monkeypatch.setattr(world.engine, "acknowledge", lost)
    answer = await client.post(f"/ack/{token(world)}")
    assert answer.status == 503
    assert answer.headers["Retry-After"]
    assert "try again" in await answer.text()


def test_the_world_has_people() -> None:
    """The tests above rely on ana being on call and ben being somebody else."""
    assert "members: [ana]" in ROUTES


async def test_what_to_do_stands_before_the_button(tmp_path: Path) -> None:
    """At 3 a.m. the page says what the message said, the description with what to do first."""
    async with served(tmp_path) as (world, client):
        words = {"summary": "Charged twice", "description": "Stop the renewal cron first."}
        await world.post(alert(annotations=words))
        await world.advance(1.0)
        page = await (await client.get(f"/ack/{token(world)}")).text()
    assert "Stop the renewal cron first." in page
    assert page.index("Stop the renewal cron") < page.index("<button")
