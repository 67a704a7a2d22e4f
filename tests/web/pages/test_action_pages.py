"""Forms by which a person acts on an incident: of the page of a link, and of the incident."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.core.actions.table import ActionName
from gateway.core.actor import verified_person
from gateway.core.incidents.incident import State
from gateway.web.pages.action_forms import FormError, arguments_of
from gateway.web.pages.markdown import markdown
from tests.flow.world import MINUTE, World, alert
from tests.web.pages.test_ack_pages import text_of
from tests.web.real import Client, served, token

Gateway = tuple[World, Client]


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Gateway]:
    """Serve a gateway with two notified incidents."""
    async with served(tmp_path) as (world, client):
        await world.post(alert(), alert("PaymentErrors"))
        await world.advance(MINUTE)
        yield world, client


async def do(
    gateway: Gateway, action: str, status: int = 200, person: str = "ana", **form: str
) -> str:
    """Send a form of the link's page and return the page's text."""
    world, client = gateway
    path = f"/ack/{token(world, person)}/do/{action}"
    return await text_of(client, "POST", path, status, data=form)


async def test_comment_is_stored_and_shown_as_safe_markdown(gateway: Gateway) -> None:
    """A comment's Markdown is shown on the incident's page; nothing in it runs there."""
    world, client = gateway
    text = "**refunds** run <script>alert(1)</script> [here](javascript:alert(1))"
    assert "Done: commented" in await do(gateway, "comment", text=text)
    page = await (await client.get("/incidents/1001")).text()
    assert "<strong>refunds</strong>" in page
    assert "<script>alert" not in page
    assert 'href="javascript' not in page
    assert (await world.incident()).responses.comments[0].by == "ana"


@pytest.mark.parametrize(
    ("action", "form", "answer"),
    [
        ("snooze", {"for": "7200", "reason": "known"}, "Done: snoozed"),
        ("resolve", {"reason": "refunded"}, "Done: resolved"),
        ("escalate", {"text": "help"}, "Done: escalated"),
        ("page", {"notify": "person:ben"}, "Done: paged"),
        ("useful", {}, "Done: marked useful"),
        ("link", {"other": "#1002"}, "Done: linked"),
        ("merge", {"into": "1002"}, "Done: merged"),
    ],
)
async def test_form_acts_as_the_person_of_the_link(
    gateway: Gateway, action: str, form: dict[str, str], answer: str
) -> None:
    """Each form does its action in the person's name, which the link proves."""
    assert answer in await do(gateway, action, **form)
    entries = await gateway[0].timeline()
    acted = [one.data["actor"] for one in entries if "actor" in one.data]
    assert [(one["id"], one["verified"]) for one in acted] == [("ana", True)] * len(acted)
    assert acted


@pytest.mark.parametrize(
    ("action", "form", "status", "why"),
    [
        ("snooze", {"for": "1"}, 422, "Please choose for how long."),
        ("merge", {"into": "x"}, 422, "Please give the number"),
        ("link", {"other": "4711"}, 422, "There is no incident #4711."),
        ("page", {"notify": "person:zed"}, 422, "declares no person"),
        ("handover", {"to": "ben"}, 409, "not acknowledged"),
        ("comment", {"text": " "}, 409, "A comment must not be empty."),
        ("nothing", {}, 404, ""),
    ],
)
async def test_form_that_cannot_be_used_says_why(
    gateway: Gateway, action: str, form: dict[str, str], status: int, why: str
) -> None:
    """The page shows the reason, and nothing has changed."""
    before = await gateway[0].incident()
    assert why in await do(gateway, action, status, **form)
    assert await gateway[0].incident() == before


async def test_shared_link_needs_a_person(gateway: Gateway) -> None:
    """A form of a shared link without a chosen person changes nothing."""
    assert "choose who you are" in await do(gateway, "resolve", 422, person="")
    assert (await gateway[0].incident()).open
    world, client = gateway
    path = f"/ack/{token(world, '')}/do/resolve"
    assert "Done" in await text_of(client, "POST", path, data={"person": "ben"})


async def test_get_of_an_action_changes_nothing(gateway: Gateway) -> None:
    """Promise 5: only POST acts; mail scanners open every link."""
    world, client = gateway
    answer = await client.get(f"/ack/{token(world)}/do/resolve")
    assert answer.status == 405
    assert (await world.incident()).open


async def test_page_offers_what_the_state_allows(gateway: Gateway) -> None:
    """Undo of a snooze, of a resolution and of a merge are offered first."""
    world, client = gateway
    link = f"/ack/{token(world)}"
    page = await text_of(client, "GET", link)
    assert "Page somebody" in page
    assert "Hand over" not in page
    await do(gateway, "snooze", **{"for": "3600"})
    assert "End the snooze now" in await text_of(client, "GET", link)
    await do(gateway, "resolve")
    assert "Open it again" in await text_of(client, "GET", link)
    await do(gateway, "reopen")
    assert (await world.incident()).state is State.FIRING
    await do(gateway, "merge", into="1002")
    assert "Undo the merge" in await text_of(client, "GET", link)


async def test_link_with_another_incident_is_undone_on_the_page(gateway: Gateway) -> None:
    """The form names the linked incidents, and is offered only where there are some."""
    world, client = gateway
    link = f"/ack/{token(world)}"
    assert "Undo the link" not in await text_of(client, "GET", link)
    await do(gateway, "link", other="1002")
    assert "#1002 Undo the link" in await text_of(client, "GET", link)
    assert "Done: unlinked" in await do(gateway, "unlink", other="1002")
    assert (await world.incident()).responses.related == ()
    assert "Please give the number" in await do(gateway, "unlink", 422, other="x")


async def test_person_who_is_offered_the_incident_can_decline(gateway: Gateway) -> None:
    """The page of their own link says so, with a button for either answer."""
    world, client = gateway
    await world.ack(1001)
    await do(gateway, "handover", to="ben", text="my train leaves")
    page = await text_of(client, "GET", f"/ack/{token(world, 'ben')}")
    assert "It is handed over to you" in page
    assert "Accept it from Ana" in page
    assert "Done: handover ended" in await do(gateway, "decline", person="ben")
    await do(gateway, "handover", to="ben")
    await client.post(f"/ack/{token(world, 'ben')}")
    ack = (await world.incident()).ack
    assert ack is not None
    assert ack.by == "ben"


async def test_incident_page_names_connected_incidents(gateway: Gateway) -> None:
    """Merged and linked incidents are links, on both sides, and the alerts of both are shown."""
    world, client = gateway
    ben = verified_person("ben", "link")
    await world.engine.act(1002, ActionName.LINK, ben, 1001)
    assert "Linked with #1002" in await text_of(client, "GET", "/incidents/1001")
    await world.engine.act(1002, ActionName.MERGE, ben, 1001)
    page = await text_of(client, "GET", "/incidents/1001")
    assert "Merged into this one: #1002" in page
    assert "PaymentErrors" in page
    assert "which notifies for it" in await text_of(client, "GET", "/incidents/1002")


def test_unknown_duration_is_refused() -> None:
    """Only the offered durations count: a form can be changed before it is sent."""
    with pytest.raises(FormError):
        arguments_of(ActionName.EXTEND, {"for": "99999999"}, 0.0)


def test_images_and_headings_become_harmless() -> None:
    """A comment loads nothing from outside and does not change the outline of the page."""
    html = markdown("# Title\n\n![x](https://example.com/pixel.png)\n\n- a\n- b")
    assert "<img" not in html
    assert "<h1" not in html
    assert "<li>a</li>" in html
