"""/api/v1/overrides: changes of rotas at run time, made, listed and removed."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.flow.world import World
from tests.web.api_v1.test_api import call
from tests.web.real import Client, served

PATH = "/api/v1/overrides"
TONIGHT = {"rota": "billing", "to": "2026-11-19T09:00:00Z", "as": "ana"}
BEN = {**TONIGHT, "person": "ben", "why": "ana is ill"}
Gateway = tuple[World, Client]


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Gateway]:
    """Serve a gateway in which Ana is on call."""
    async with served(tmp_path) as (world, client):
        yield world, client


async def on_call(client: Client) -> list[str]:
    answer = await call(client, "GET", "/api/v1/oncall")
    return [one["id"] for one in answer["duty"][0]["on_call"]]


async def test_change_is_in_force_with_the_answer(gateway: Gateway) -> None:
    """The answer has the id, what it says, who made it, and who is on call by it."""
    _, client = gateway
    made = await call(client, "POST", PATH, json=BEN)
    (change,) = made["changes"]
    assert (change["id"], change["state"], change["what"]) == (1, "active", "Ben instead of anyone")
    assert change["by"] == {
        "kind": "person",
        "id": "ana",
        "name": "Ana",
        "via": "api",
        "verified": False,
    }
    (effect,) = made["effects"]
    assert effect["before"] == [{"id": "ana", "name": "Ana"}]
    assert effect["after"] == [{"id": "ben", "name": "Ben"}]
    assert await on_call(client) == ["ben"]


async def test_removed_change_is_void_and_listed(gateway: Gateway) -> None:
    """It has no effect any more, and the list says who removed it and why."""
    _, client = gateway
    await call(client, "POST", PATH, json=BEN)
    removed = await call(client, "DELETE", f"{PATH}/1?as=ben&why=well+again")
    assert removed["changes"][0]["void_reason"] == "removed: well again"
    assert await on_call(client) == ["ana"]
    (listed,) = (await call(client, "GET", PATH))["changes"]
    assert (listed["state"], listed["voided_by"]["id"]) == ("void", "ben")
    assert await call(client, "GET", f"{PATH}/1") == listed


async def test_several_changes_are_removed_together_or_not_at_all(gateway: Gateway) -> None:
    """An unknown id among them leaves the others in force."""
    _, client = gateway
    await call(client, "POST", PATH, json=BEN)
    body = {"ids": [1, 7], "as": "ana"}
    missing = await call(client, "POST", f"{PATH}/remove", 404, json=body)
    assert missing["error"] == "there is no change 7"
    assert await on_call(client) == ["ben"]
    await call(client, "POST", f"{PATH}/remove", json={"ids": [1], "as": "ana"})
    again = await call(client, "DELETE", f"{PATH}/1?as=ana", 409)
    assert again["error"] == "change 1 is void: removed"


async def test_temporary_schedule_is_made_at_once(gateway: Gateway) -> None:
    """Several shifts of one rota are one request, with one answer."""
    _, client = gateway
    shifts = [
        {"person": "ben", "to": "2026-11-19T09:00:00Z"},
        {"person": "ana", "from": "2026-11-19T09:00:00Z", "to": "2026-11-20T09:00:00Z"},
    ]
    made = await call(client, "POST", PATH, json={"rota": "billing", "shifts": shifts, "as": "ana"})
    assert [one["id"] for one in made["changes"]] == [1, 2]
    assert len((await call(client, "GET", f"{PATH}?rota=billing&person=ben"))["changes"]) == 1


async def test_dry_run_answers_the_effect_and_makes_nothing(gateway: Gateway) -> None:
    """What would change can be seen before it does."""
    _, client = gateway
    made = await call(client, "POST", PATH, json={**BEN, "dry_run": True})
    assert made["changes"][0]["id"] == 0
    assert made["effects"]
    assert await on_call(client) == ["ana"]


@pytest.mark.parametrize(
    ("body", "field", "text"),
    [
        ({**BEN, "rota": "biling"}, "rota", "did you mean billing?"),
        ({**BEN, "person": "bne"}, "person", "did you mean ben?"),
        ({**BEN, "person": "ana"}, "person", "is on call then anyway"),
        ({**BEN, "to": "2026-11-01T09:00:00Z"}, "to", "not after the start"),
        ({**BEN, "from": "2026-11-18T09:00:00Z"}, "from", "in the past"),
        ({**TONIGHT, "replaces": "ana"}, "anyway", "nobody would be on call"),
        ({"rota": "billing", "person": "ben", "as": "ana"}, "to", "say when it ends"),
        ({**BEN, "as": "\u0007"}, "as", "must not be empty"),
        ({**BEN, "shifts": [{"person": "ben", "to": "2026-11-19T09:00:00Z"}]}, "shifts", "either"),
        ({**BEN, "untill": "x"}, "untill", "Extra inputs"),
    ],
)
async def test_change_that_cannot_be_meant_is_rejected_with_its_field(
    gateway: Gateway, body: dict[str, Any], field: str, text: str
) -> None:
    """422 names the field and what to write instead; nothing is stored."""
    _, client = gateway
    answer = await call(client, "POST", PATH, 422, json=body)
    assert answer["detail"][0]["field"] == field
    assert text in answer["detail"][0]["message"]
    assert (await call(client, "GET", f"{PATH}?ended=true"))["changes"] == []


async def test_unknown_change_is_not_found(gateway: Gateway) -> None:
    """404 for reading and removing what was never made."""
    _, client = gateway
    await call(client, "GET", f"{PATH}/9", 404)
    await call(client, "DELETE", f"{PATH}/9?as=ana", 404)
    await call(client, "DELETE", f"{PATH}/9", 422)


async def test_who_and_why_are_beside_who_is_on_call(gateway: Gateway) -> None:
    """`by` names the change by its id, which stays the same when earlier changes are over."""
    _, client = gateway
    await call(client, "POST", PATH, json={**BEN, "to": "2026-11-18T12:00:00Z"})
    await call(client, "POST", PATH, json=BEN)
    answer = await call(client, "GET", "/api/v1/oncall")
    assert answer["duty"][0]["by"] == "change 2"
    assert [one["id"] for one in answer["changes"]] == [1, 2]
    assert answer["changes"][1]["why"] == "ana is ill"
    span = "from=2026-11-18T12:00:00Z&to=2026-11-20T00:00:00Z"
    answer = await call(client, "GET", f"/api/v1/oncall?rota=billing&{span}")
    assert [one["by"] for one in answer["shifts"]] == ["change 2", "layer 1"]
    assert [one["id"] for one in answer["changes"]] == [2]
    page = await (await client.get("/oncall")).text()
    assert "Change 2: Ben instead of anyone" in page
    assert "by Ana (api, not verified): ana is ill" in page
