"""Silences over the gateway's own API."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gateway.core.time.timestamps import format_rfc3339
from tests.flow.world import HOUR, MINUTE, World, alert
from tests.web.conftest import Client
from tests.web.real import served

Gateway = tuple[World, Client]
PATH = "/api/v1/silences"
UNKNOWN = "11111111-1111-1111-1111-111111111111"


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Gateway]:
    async with served(tmp_path) as (world, client):
        yield world, client


def silence_body(world: World, **more: Any) -> dict[str, Any]:
    return {
        "matchers": ['alertname="PaymentFailures"'],
        "ends_at": format_rfc3339(world.now + HOUR),
        "created_by": "ana",
        "comment": "database maintenance",
        **more,
    }


async def create(gateway: Gateway, **more: Any) -> dict[str, Any]:
    world, client = gateway
    answer = await client.post(PATH, json=silence_body(world, **more))
    assert answer.status == 200, await answer.text()
    text: dict[str, Any] = await answer.json()
    return text


async def test_silence_is_created_listed_read_and_ended(gateway: Gateway) -> None:
    """A silence is created, listed, extended, ended and read, with the name of its author."""
    world, client = gateway
    one = await create(gateway, gone_for=1800.0)
    assert one["state"] == "active"
    assert one["matchers"] == ['alertname="PaymentFailures"']
    assert one["created_by"] == {"id": "ana", "name": "Ana"}
    assert one["starts_at"] == format_rfc3339(world.now, milliseconds=False)
    assert one["gone_for"] == 1800.0
    assert (await (await client.get(PATH)).json())["silences"] == [one]
    longer = await create(gateway, id=one["id"], ends_at=format_rfc3339(world.now + 2 * HOUR))
    assert longer["id"] == one["id"]
    world.now += MINUTE
    ended = await (await client.delete(f"{PATH}/{one['id']}")).json()
    assert ended["state"] == "expired"
    assert (await (await client.get(PATH)).json())["silences"] == []
    with_ended = await (await client.get(PATH, params={"ended": "true"})).json()
    assert with_ended["silences"] == [ended]
    assert await (await client.get(f"{PATH}/{one['id']}")).json() == ended


async def test_silences_are_listed_by_the_labels_of_an_alert(gateway: Gateway) -> None:
    """The list can be limited to silences that match an alert's labels."""
    _, client = gateway
    one = await create(gateway)
    await create(gateway, matchers=['{team=~"plat.*"}'])
    text = {"labels": '{alertname="PaymentFailures", team="billing"}'}
    matches = (await (await client.get(PATH, params=text)).json())["silences"]
    assert [silence["id"] for silence in matches] == [one["id"]]
    invalid = await client.get(PATH, params={"labels": 'team=~"b"'})
    assert invalid.status == 422
    assert (await invalid.json())["detail"][0]["field"] == "labels"


async def test_preview_counts_matching_alerts_and_creates_nothing(gateway: Gateway) -> None:
    """A preview counts the matching alerts, shows the first with receivers, and creates nothing."""
    world, client = gateway
    await world.post(
        *(alert("PaymentFailures", "warning", instance=f"web-{n}") for n in range(3)),
        alert("RenewalCronSlow", "warning"),
    )
    text = {"matchers": "alertname=~Payment.+", "limit": "2"}
    answer = await (await client.get(f"{PATH}/preview", params=text)).json()
    assert (answer["count"], len(answer["alerts"])) == (3, 2)
    assert answer["alerts"][0]["labels"]["instance"].startswith("web-")
    assert answer["alerts"][0]["receivers"] == ["billing"]
    assert (await (await client.get(PATH)).json())["silences"] == []


async def test_silence_by_incident_number_has_route_and_group_matchers(gateway: Gateway) -> None:
    """A silence of an incident has the matchers of its route and group, and suppresses it."""
    world, client = gateway
    await world.post(alert("PaymentFailures", "warning"))
    await world.advance(MINUTE)
    preview = await client.get(f"{PATH}/preview", params={"incident": "1001"})
    assert (await preview.json())["count"] == 1
    one = await create(gateway, matchers=[], incident=1001)
    assert one["matchers"] == [
        'severity=~"critical|warning"',
        'team="billing"',
        'alertname="PaymentFailures"',
    ]
    await world.post(alert("PaymentFailures", "warning", instance="web-2"))
    assert await world.advance(HOUR / 2) == []


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"matchers": []}, 422, "matchers"),
        ({"matchers": ["team=~("]}, 422, "matchers"),
        ({"matchers": ["team="]}, 422, "matchers"),
        ({"matchers": ["team=x"], "incident": 1001}, 422, "matchers"),
        ({"matchers": [], "incident": 5}, 404, "incident"),
        ({"ends_at": "2026-11-18T10:00:00Z"}, 422, "ends_at"),
        ({"ends_at": "soon"}, 422, "ends_at"),
        ({"ends_at": 17}, 422, "ends_at"),
        ({"comment": ""}, 422, "comment"),
        ({"created_by": ""}, 422, "created_by"),
        ({"created_by": "\x00"}, 422, "created_by"),
        ({"gone_for": 0}, 422, "gone_for"),
        ({"id": UNKNOWN}, 404, "id"),
        ({"id": "\x00"}, 404, "id"),
        ({"colour": "red"}, 422, "colour"),
    ],
)
async def test_invalid_silence_is_refused_with_its_field(
    gateway: Gateway, change: dict[str, Any], status: int, field: str
) -> None:
    """An invalid silence is refused with the field and is not stored."""
    world, client = gateway
    answer = await client.post(PATH, json=silence_body(world, **change))
    assert answer.status == status
    assert (await answer.json())["detail"][0]["field"] == field
    assert (await (await client.get(PATH)).json())["silences"] == []


async def test_group_without_distinguishing_labels_is_refused(tmp_path: Path) -> None:
    """An incident that groups all alerts at the root cannot be silenced by its number."""
    routes = "receivers: [{name: everyone}]\nroute: {receiver: everyone, group_by: []}\n"
    async with served(tmp_path, routes) as (world, client):
        await world.post(alert())
        answer = await client.get(f"{PATH}/preview", params={"incident": "1001"})
        assert answer.status == 422
        assert "write matchers" in (await answer.json())["detail"][0]["message"]


@pytest.mark.parametrize("name", [UNKNOWN, "x", "%00", "%F0%9F%94%95"])
async def test_unknown_silence_is_404(gateway: Gateway, name: str) -> None:
    """An unknown silence can be neither read nor ended."""
    _, client = gateway
    for method in ("GET", "DELETE"):
        answer = await client.request(method, f"{PATH}/{name}")
        assert answer.status == 404
        assert (await answer.json())["detail"][0]["field"] == "id"


async def test_ending_requires_the_token_if_one_is_set(tmp_path: Path) -> None:
    """Ending a silence requires the token, like every write."""
    async with served(tmp_path, api_token="test-api-token") as (_, client):
        assert (await client.delete(f"{PATH}/{UNKNOWN}")).status == 401
        headers = {"Authorization": "Bearer test-api-token"}
        assert (await client.delete(f"{PATH}/{UNKNOWN}", headers=headers)).status == 404
