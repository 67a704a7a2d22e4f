"""Status, receivers and unknown paths of Alertmanager's API v2."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import yaml

from tests.flow.world import ROUTES, START, World
from tests.web.conftest import Client
from tests.web.description import conforms
from tests.web.real import served
from tests.web.world import recorded

Gateway = tuple[World, Client]


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Gateway]:
    async with served(tmp_path) as (world, client):
        yield world, client


async def test_status_has_the_recorded_fields(gateway: Gateway) -> None:
    """The status has the recorded fields, no cluster, and the time of the start."""
    _, client = gateway
    answer = await client.get("/api/v2/status")
    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "no-store"
    body = await answer.json()
    real = json.loads(recorded("api-status.json"))
    assert {key: set(value) for key, value in body.items() if isinstance(value, dict)} == {
        key: set(value) for key, value in real.items() if isinstance(value, dict)
    }
    assert body["cluster"] == real["cluster"]
    assert body["uptime"] == "2026-11-18T11:06:40.000Z"
    assert START == 1_795_000_000.0


async def test_answers_fit_the_official_description(gateway: Gateway) -> None:
    """Answers conform to the official description, which clients are generated from."""
    _, client = gateway
    conforms("alertmanagerStatus", await (await client.get("/api/v2/status")).json())
    for receiver in await (await client.get("/api/v2/receivers")).json():
        conforms("receiver", receiver)


async def test_version_is_the_recorded_alertmanagers(gateway: Gateway) -> None:
    """The version is Alertmanager's, because clients choose by it; ours is in the revision."""
    _, client = gateway
    version = (await (await client.get("/api/v2/status")).json())["versionInfo"]
    assert version["version"] == json.loads(recorded("api-status.json"))["versionInfo"]["version"]
    assert version["revision"].startswith("gateway ")


async def test_status_shows_the_reloaded_configuration(gateway: Gateway) -> None:
    """The status shows the configuration in force, also after a reload."""
    world, client = gateway

    async def receivers() -> list[str]:
        answer = await (await client.get("/api/v2/status")).json()
        read = yaml.safe_load(answer["config"]["original"])
        return [one["name"] for one in read["receivers"]]

    before = await receivers()
    assert before == await receivers()
    world.routes = ROUTES.replace("  - name: quiet", "  - name: later\n  - name: quiet")
    assert (await client.post("/-/reload")).status == 200
    assert await receivers() == [*before[:1], "later", *before[1:]]


async def test_receivers_are_those_of_the_file(gateway: Gateway) -> None:
    """Receivers are listed in the order of the file and filtered by matchers on their name."""
    _, client = gateway
    answer = await client.get("/api/v2/receivers")
    body = await answer.json()
    assert body == [
        {"labels": {"name": name}, "name": name} for name in ("billing", "quiet", "everyone")
    ]
    filtered = await client.get("/api/v2/receivers", params={"receiver_matchers": "name=~qui.*"})
    assert [one["name"] for one in await filtered.json()] == ["quiet"]
    invalid = await client.get("/api/v2/receivers", params={"receiver_matchers": "{bad"})
    assert invalid.status == 400
    assert "receiver_matchers" in await invalid.json()


async def test_other_paths_and_methods_are_answered_as_recorded(gateway: Gateway) -> None:
    """Unknown paths answer 404, other methods 405 with Allow, and version 1 answers 410."""
    _, client = gateway
    real = {
        (one["request"]["method"], one["request"]["path"]): one["response"]
        for one in json.loads(recorded("api-other.json"))
    }
    for method, path in (("GET", "/api/v2/nope"), ("GET", "/api/v1/alerts")):
        answer = await client.request(method, path)
        assert answer.status == real[method, path]["status"]
        assert set(await answer.json()) == set(real[method, path]["body"])
    assert (await answer.json())["status"] == "deprecated"
    missing = await client.get("/api/v2/nope")
    assert await missing.json() == real["GET", "/api/v2/nope"]["body"]
    other_method = await client.put("/api/v2/alerts")
    assert other_method.status == 405
    assert "POST" in other_method.headers["Allow"].split(",")
    body = await other_method.json()
    assert body["code"] == 405
    assert body["message"].startswith("method PUT is not allowed, but [")


@pytest.mark.parametrize("path", ["/-/healthy", "/-/ready"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_health_paths_of_alertmanager_answer_as_recorded(
    gateway: Gateway, path: str, method: str
) -> None:
    """Alertmanager's health paths answer 200 to GET and HEAD, which load balancers send."""
    _, client = gateway
    real = {
        (one["request"]["method"], one["request"]["path"]): one["response"]["status"]
        for one in json.loads(recorded("api-other.json"))
    }
    answer = await client.request(method, path)
    assert answer.status == real.get((method, path), 200)


@pytest.mark.parametrize("path", ["/api/v2/status", "/api/v2/receivers"])
async def test_reads_beyond_loopback_require_the_token(tmp_path: Path, path: str) -> None:
    """Beyond loopback reads require the token, and the refusal has the shape that clients know."""
    async with served(tmp_path, listen="0.0.0.0:9095", api_token="test-api-token") as (_, client):
        refused = await client.get(path)
        assert refused.status == 401
        assert "WWW-Authenticate" in refused.headers
        answer = await refused.json()
        assert answer["code"] == 401
        assert "API token" in answer["message"]
        headers = {"Authorization": "Bearer test-api-token"}
        assert (await client.get(path, headers=headers)).status == 200
