"""The gateway's own API: answers as its OpenAPI document says, errors of one shape."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from jsonschema import Draft202012Validator

from gateway.core.incidents.retry import Failure, SendError
from gateway.store import StoreUnavailableError
from gateway.web.api_v1.openapi import document
from gateway.web.app import build_app
from tests.flow.world import MINUTE, World, alert
from tests.web.real import Client, served
from tests.web.world import settings

Gateway = tuple[World, Client]


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Gateway]:
    """Serve two open incidents, one acknowledged, and a message that was given up."""
    async with served(tmp_path) as (world, client):
        world.break_channel("slack", lambda: SendError(Failure.BAD_RECIPIENT, "channel_not_found"))
        await world.post(alert(instance="billing-1"), alert("Other", "warning"))
        await world.advance(2 * MINUTE)
        await world.ack(1001)
        yield world, client


async def call(
    client: Client, method: str, path: str, status: int = 200, **more: Any
) -> dict[str, Any]:
    """Return the body of an answer that conforms to the OpenAPI document."""
    answer = await client.request(method, path, **more)
    body: dict[str, Any] = await answer.json()
    assert answer.status == status, body
    pattern, operation = _operation(method, path.partition("?")[0])
    expected = operation["responses"].get(str(status))
    assert expected is not None, f"{method} {pattern} does not say that it may answer {status}"
    schema = expected["content"]["application/json"]["schema"]
    Draft202012Validator({**schema, "components": document()["components"]}).validate(body)
    return body


def _operation(method: str, path: str) -> tuple[str, dict[str, Any]]:
    parts = path.split("/")
    for pattern, operations in document()["paths"].items():
        expected = pattern.split("/")
        segments_match = (
            a in (b, "{id}") or (a == "{number}" and b.isdigit())
            for a, b in zip(expected, parts, strict=False)
        )
        if len(expected) == len(parts) and all(segments_match):
            return pattern, operations[method.lower()]
    raise AssertionError(f"{path} is not in the document")


async def test_every_route_is_in_the_document(gateway: Gateway) -> None:
    """The document describes exactly the routes that exist."""
    app: web.Application = build_app(gateway[0].engine, settings())
    routes = {
        (route.method, route.resource.canonical)
        for route in app.router.routes()
        if route.resource is not None and route.resource.canonical.startswith("/api/v1")
    } - {("*", "/api/v1/alerts")}  # Alertmanager's first API, which is gone
    described = {
        (method.upper(), path)
        for path, operations in document()["paths"].items()
        for method in operations
    }
    assert {route for route in routes if route[0] != "HEAD"} == described


async def test_document_is_served_and_valid(gateway: Gateway) -> None:
    """The served document has valid schemas, resolvable references and unique operation names."""
    answer = await (await gateway[1].get("/api/v1/openapi.json")).json()
    assert answer["openapi"].startswith("3.1")
    for schema in answer["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    operations = [one for path in answer["paths"].values() for one in path.values()]
    assert len({one["operationId"] for one in operations}) == len(operations)
    assert all(one["summary"] for one in operations)
    text = str(answer)
    for reference in {r.split("'")[0] for r in text.split("#/components/schemas/")[1:]}:
        assert reference in answer["components"]["schemas"]


async def test_incidents_are_listed_with_holders_and_counts(gateway: Gateway) -> None:
    """Unacknowledged incidents come first, with holders and counts by state and severity."""
    answer = await call(gateway[1], "GET", "/api/v1/incidents")
    assert answer["counts"] == [
        {"state": "firing", "severity": "warning", "count": 1},
        {"state": "acknowledged", "severity": "critical", "count": 1},
    ]
    assert [(one["number"], one["state"]) for one in answer["incidents"]] == [
        (1002, "firing"),
        (1001, "acknowledged"),
    ]
    acknowledged = answer["incidents"][1]
    assert acknowledged["acknowledged"]["by"] == {"id": "ana", "name": "Ana"}
    assert acknowledged["opened_at"] == "2026-11-18T11:06:40Z"
    assert acknowledged["url"] == "http://gateway.example.com/incidents/1001"
    assert answer["next"] is None


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("state=open", [1002, 1001]),
        ("state=acknowledged", [1001]),
        ("state=resolved", []),
        ("severity=warning", [1002]),
        ("receiver=billing&severity=critical", [1001]),
        ("q=doublecharge", [1001]),
        ("q=%25", []),
        ("limit=1", [1002]),
        ("cursor=firing-2-1002", [1001]),
    ],
)
async def test_incidents_are_filtered_and_paged(
    gateway: Gateway, query: str, numbers: list[int]
) -> None:
    """Filters combine, and a page names the beginning of the next one."""
    answer = await call(gateway[1], "GET", f"/api/v1/incidents?{query}")
    assert [one["number"] for one in answer["incidents"]] == numbers
    assert answer["next"] == ("firing-2-1002" if query == "limit=1" else None)


async def test_one_incident_has_all_its_details(gateway: Gateway) -> None:
    """One incident has its alerts, timeline, notices and their attempts."""
    answer = await call(gateway[1], "GET", "/api/v1/incidents/1001")
    assert answer["alerts"][0]["labels"]["instance"] == "billing-1"
    assert answer["alerts"][0]["acknowledged"] is True
    assert len(answer["alerts"][0]["fingerprint"]) == 16
    kinds = [entry["kind"] for entry in answer["timeline"]]
    assert kinds[0] == "spoke"
    assert "acknowledged" in kinds
    slack = next(one for one in answer["notices"] if one["channel"] == "slack")
    assert slack["state"] == "dead"
    assert slack["attempts"][0]["outcome"] == "bad recipient"
    assert answer["escalation"]["name"] == "billing"


async def test_incident_is_acknowledged_and_undone(gateway: Gateway) -> None:
    """The first person acknowledges, the second sees the name, and a second undo is a conflict."""
    _, client = gateway
    path = "/api/v1/incidents/1002"
    first = await call(client, "POST", f"{path}/ack", json={"by": "ben"})
    assert first["answer"] == "acknowledged"
    second = await call(client, "POST", f"{path}/ack", json={"by": "ana"})
    assert second["answer"] == "already acknowledged"
    assert second["incident"]["acknowledged"]["by"]["name"] == "Ben"
    assert second["incident"]["acknowledged"]["via"] == "api"
    undo_answer = await call(client, "POST", f"{path}/unack", json={"by": "ben"})
    assert (undo_answer["answer"], undo_answer["incident"]["state"]) == (
        "acknowledgement undone",
        "firing",
    )
    await call(client, "POST", f"{path}/unack", 409, json={"by": "ben"})


async def test_stated_name_is_acknowledged_as_not_verified(gateway: Gateway) -> None:
    """The shared token proves no name: `as` is taken, and the answer and timeline say so."""
    _, client = gateway
    path = "/api/v1/incidents/1002"
    answer = await call(client, "POST", f"{path}/ack", json={"as": "program:deploy"})
    assert answer["incident"]["acknowledged"]["by"]["id"] == "deploy"
    assert answer["incident"]["acknowledged"]["verified"] is False
    assert answer["warnings"] == []
    entry = (await call(client, "GET", path))["timeline"][-1]
    assert entry["text"].startswith("by deploy (api, not verified)")
    assert entry["data"]["actor"] == {
        "kind": "program",
        "id": "deploy",
        "via": "api",
        "verified": False,
    }


async def test_incident_is_taken_over_and_given_back(gateway: Gateway) -> None:
    """E20: the first take-over wins, a later one is refused with the holder, and undo works."""
    _, client = gateway
    path = "/api/v1/incidents/1001"
    take_over = await call(client, "POST", f"{path}/take", json={"by": "ben", "from": "ana"})
    assert take_over["answer"] == "taken over"
    ack = take_over["incident"]["acknowledged"]
    assert (ack["by"]["id"], ack["taken_from"]["id"]) == ("ben", "ana")
    assert ack["back_until"] is not None
    repeated = await call(client, "POST", f"{path}/take", json={"by": "ben"})
    assert repeated["answer"] == "already acknowledged"
    conflict = await call(client, "POST", f"{path}/take", 409, json={"by": "cho", "from": "ana"})
    assert conflict["error"] == "incident #1001 is acknowledged by Ben"
    assert conflict["detail"][0]["field"] == "from"
    undo_answer = await call(client, "POST", f"{path}/unack", json={"by": "ben", "back": True})
    assert undo_answer["answer"] == "given back"
    assert undo_answer["incident"]["acknowledged"]["by"]["id"] == "ana"
    assert undo_answer["incident"]["acknowledged"]["taken_from"] is None
    refused = await call(client, "POST", f"{path}/unack", 409, json={"by": "ben", "back": True})
    assert refused["error"] == "incident #1001 cannot be given back"


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        (b"{}", 422, "as"),
        (b'{"by": ""}', 422, "by"),
        (b'{"by": "\\u0000 "}', 422, "as"),
        (b'{"by": 3}', 422, "by"),
        (b'{"by": "ana", "force": true}', 422, "force"),
        (b'{"by": "' + b"x" * 81 + b'"}', 422, "by"),
        (b"[]", 422, ""),
        (b"{", 400, ""),
        (b"", 400, ""),
        (b"[" * 60_000, 400, ""),
        (b'{"by": "\\ud800"}', 400, ""),
    ],
)
async def test_invalid_body_names_the_field(
    gateway: Gateway, body: bytes, status: int, field: str
) -> None:
    """A malformed body answers 400, and an invalid field 422 with its name."""
    headers = {"Content-Type": "application/json"}
    path = "/api/v1/incidents/1002/ack"
    answer = await call(gateway[1], "POST", path, status, data=body, headers=headers)
    assert answer["detail"][0]["field"] == field


async def test_form_is_refused_with_415(gateway: Gateway) -> None:
    """A form, which another site's page could send, answers 415."""
    await call(gateway[1], "POST", "/api/v1/incidents/1002/ack", 415, data={"by": "ana"})


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/api/v1/incidents?state=unknown", "state"),
        ("/api/v1/incidents?limit=0", "limit"),
        ("/api/v1/incidents?limit=many", "limit"),
        ("/api/v1/incidents?stat=open", "stat"),
        ("/api/v1/incidents?q=a&q=b", "q"),
        ("/api/v1/oncall?at=tomorrow", "at"),
        ("/api/v1/oncall?from=2026-11-20T00:00:00Z", "from"),
        ("/api/v1/oncall?from=2026-11-20T00:00:00Z&to=2026-11-19T00:00:00Z", "to"),
        ("/api/v1/oncall?at=9999-01-01T00:00:00Z", "at"),
        ("/api/v1/status?verbose=1", "verbose"),
        *(
            (f"/api/v1/{path}={10**30}", path.rpartition("?")[2])  # more than any database takes
            for path in (
                "incidents?cursor",
                "dead-letters?cursor",
                "explain?incident",
                "silences/preview?incident",
            )
        ),
    ],
)
async def test_invalid_parameter_names_itself(gateway: Gateway, path: str, field: str) -> None:
    """An invalid or unknown parameter answers 422 with its name."""
    answer = await call(gateway[1], "GET", path, 422)
    assert answer["detail"][0]["field"] == field


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/incidents/1"),
        ("GET", "/api/v1/incidents/99999999999999999999999"),
        ("POST", "/api/v1/incidents/1/ack"),
        ("POST", "/api/v1/incidents/1/unack"),
        ("GET", "/api/v1/oncall?rota=nope"),
    ],
)
async def test_unknown_incident_or_rota_is_404(gateway: Gateway, method: str, path: str) -> None:
    """An unknown incident or rota answers 404 in the common shape of errors."""
    more = {"json": {"by": "ana"}} if method == "POST" else {}
    await call(gateway[1], method, path, 404, **more)


async def test_current_duty_names_person_zone_and_layer(gateway: Gateway) -> None:
    """The answer names the person on call, the time zone and the layer."""
    answer = await call(gateway[1], "GET", "/api/v1/oncall")
    (duty,) = answer["duty"]
    assert duty["rota"] == "billing"
    assert duty["timezone"] == "Europe/Berlin"
    assert duty["on_call"] == [{"id": "ana", "name": "Ana"}]
    assert duty["by"] == "layer 1"
    assert answer["shifts"] == []


async def test_duty_before_the_rota_names_the_next_person(gateway: Gateway) -> None:
    """Before the rota begins nobody is on call, and the next person is named."""
    answer = await call(gateway[1], "GET", "/api/v1/oncall?rota=billing&at=2026-01-01T00:00Z")
    (duty,) = answer["duty"]
    assert duty["on_call"] == []
    assert duty["next"] == {"id": "ana", "name": "Ana"}
    assert duty["until"] == "2026-01-05T08:00:00Z"


async def test_shifts_of_a_period_include_gaps(gateway: Gateway) -> None:
    """Every shift between two instants is listed, gaps included."""
    query = "from=2026-01-01T00:00:00Z&to=2026-01-10T00:00:00Z"
    answer = await call(gateway[1], "GET", f"/api/v1/oncall?{query}")
    assert [(one["from"], one["on_call"]) for one in answer["shifts"]] == [
        ("2026-01-01T00:00:00Z", []),
        ("2026-01-05T08:00:00Z", [{"id": "ana", "name": "Ana"}]),
    ]


async def test_rotas_are_listed_with_members(gateway: Gateway) -> None:
    """Each rota is listed with its members."""
    answer = await call(gateway[1], "GET", "/api/v1/rotas")
    assert answer["rotas"][0]["members"] == [{"id": "ana", "name": "Ana"}]


async def test_dead_letters_are_listed_and_replayed(gateway: Gateway) -> None:
    """Promise 13: a message given up is listed with its cause and sent when it is replayed."""
    world, client = gateway
    answer = await call(client, "GET", "/api/v1/dead-letters")
    dead = [one["id"] for one in answer["notices"]]
    assert dead
    assert {one["detail"] for one in answer["notices"]} == {"channel_not_found"}
    world.mend("slack")
    replay = await call(client, "POST", "/api/v1/dead-letters/replay", json={"ids": [*dead, 9999]})
    assert set(replay["replayed"]) <= set(dead)
    assert replay["replayed"]
    assert 9999 in replay["left"]
    await world.advance(MINUTE)
    remaining = await call(client, "GET", "/api/v1/dead-letters")
    assert not {one["id"] for one in remaining["notices"]} & set(replay["replayed"])


async def test_refused_request_is_listed(gateway: Gateway) -> None:
    """E42: a refused request is listed with its source, status, field and beginning."""
    _, client = gateway
    body = {"alerts": [{"labels": {"severity": 3}}]}
    assert (await client.post("/webhook/alertmanager", json=body)).status == 422
    answer = await call(client, "GET", "/api/v1/rejects")
    (refused,) = answer["rejects"]
    assert (refused["source"], refused["status"]) == ("alertmanager", 422)
    assert refused["detail"][0]["field"] == "labels.severity"
    assert "severity" in refused["excerpt"]


async def test_status_has_counts_configuration_and_components(gateway: Gateway) -> None:
    """The status has incident counts, the digest of the configuration and the components."""
    answer = await call(gateway[1], "GET", "/api/v1/status")
    assert answer["incidents"] == {"firing": 1, "acknowledged": 1, "resolved": 0}
    assert answer["config_digest"]
    assert answer["config_loaded_at"]
    assert {one["component"] for one in answer["components"]} >= {"store", "routes.yaml"}


async def test_unavailable_database_is_503(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reads and writes answer 503 with the cause while the database is unavailable."""
    world, client = gateway

    async def lost(*_: object) -> None:
        raise StoreUnavailableError("the disk that holds the database is full")

    monkeypatch.setattr(world.engine.store, "read", lost)
    monkeypatch.setattr(world.engine.store, "write", lost)
    for method, path in (("GET", "/api/v1/incidents"), ("POST", "/api/v1/incidents/1002/ack")):
        more: dict[str, Any] = {"json": {"by": "ana"}} if method == "POST" else {}
        answer = await call(client, method, path, 503, **more)
        assert "full" in answer["detail"][0]["message"]


WRITES = ["/api/v1/incidents/1001/ack", "/api/v1/dead-letters/replay", "/-/reload"]


@pytest.mark.parametrize("path", WRITES)
async def test_writes_require_the_token_if_one_is_set(tmp_path: Path, path: str) -> None:
    """With a token set, writes require it as Bearer, on loopback too, and Basic is refused."""
    async with served(tmp_path, api_token="test-api-token") as (_, client):
        body = {"by": "ana"} if "ack" in path else {"ids": [1]}
        for wrong in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Basic bWU6eA=="}):
            answer = await client.post(path, json=body, headers=wrong)
            assert answer.status == 401
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")
            assert "Basic" not in answer.headers["WWW-Authenticate"]
        headers = {"Authorization": "Bearer test-api-token"}
        assert (await client.post(path, json=body, headers=headers)).status in (200, 404)
        assert (await client.get("/api/v1/status")).status == 200


@pytest.mark.parametrize("path", WRITES)
async def test_writes_from_another_site_are_refused(gateway: Gateway, path: str) -> None:
    """A page of another site cannot write to an open gateway on loopback."""
    headers = {"Sec-Fetch-Site": "cross-site"}
    body = {"by": "ana"} if "ack" in path else {"ids": [1]}
    assert (await gateway[1].post(path, json=body, headers=headers)).status == 403


async def test_reads_beyond_loopback_require_the_token(tmp_path: Path) -> None:
    """Beyond loopback reads require the token, except metrics and health."""
    env = {"listen": "0.0.0.0:9095", "api_token": "test-api-token"}
    async with served(tmp_path, **env) as (_, client):
        assert (await client.get("/api/v1/incidents")).status == 401
        headers = {"Authorization": "Bearer test-api-token"}
        assert (await client.get("/api/v1/incidents", headers=headers)).status == 200
        for path in ("/healthz", "/readyz", "/metrics", "/-/healthy", "/-/ready"):
            assert (await client.get(path)).status == 200


@pytest.mark.parametrize("path", ["/nope", "/api/v1/nope", "/api/v3/alerts", "/incidents/x"])
async def test_every_404_is_json(gateway: Gateway, path: str) -> None:
    """An unknown path answers 404 in the common shape of errors."""
    answer = await gateway[1].get(path)
    assert answer.status == 404
    assert set(await answer.json()) == {"error", "detail"}
