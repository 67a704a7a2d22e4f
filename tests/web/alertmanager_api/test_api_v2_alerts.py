"""Alerts and groups of Alertmanager's API v2, compared with recorded answers."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gateway.core.matching.matcher import Matcher
from gateway.flow.queries.active_alerts import PAGE
from gateway.flow.silences.silences import SilenceRequest
from gateway.store import StoreUnavailableError
from gateway.store.state import silences
from gateway.web.alertmanager_api import streaming
from tests.flow.world import HOUR, World, alert
from tests.web.conftest import Client
from tests.web.description import conforms
from tests.web.parsing import parse_post
from tests.web.real import served
from tests.web.world import recorded

Gateway = tuple[World, Client]

SATURDAY = 1_795_222_389.088
"""2026-11-21T00:53:09.088Z: when the recorded alerts were posted to the real Alertmanager."""

ROUTES = """
route:
  receiver: default
  group_by: [alertname, team]
  group_wait: 1s
  group_interval: 5s
  repeat_interval: 4h
  routes:
    - matchers: ['severity="critical"']
      receiver: oncall
      repeat_interval: 2h
      continue: true
    - matchers: ['team="billing"']
      receiver: billing
      mute_time_intervals: [weekend]
inhibit_rules:
  - source_matchers: ['severity="critical"']
    target_matchers: ['severity="warning"']
    equal: [team, subsystem]
time_intervals:
  - name: weekend
    time_intervals:
      - weekdays: ['saturday', 'sunday']
receivers: [{name: default}, {name: oncall}, {name: billing}]
"""
"""The configuration of the recorded Alertmanager, except for its receivers."""

QUESTIONS: dict[str, dict[str, Any]] = {
    "api-alerts.json": {},
    "api-alerts-active-only.json": {"silenced": "false", "inhibited": "false"},
    "api-alerts-silenced-only.json": {"active": "false", "inhibited": "false"},
    "api-alerts-filter-regex.json": {"filter": ["team=billing", 'severity=~"warning|info"']},
    "api-alerts-receiver-billing.json": {"receiver": "bill.*"},
}


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Gateway]:
    """Serve the recorded state: five alerts, one of them silenced, two inhibited."""
    async with served(tmp_path, ROUTES) as (world, client):
        world.now = SATURDAY
        matchers = (Matcher("alertname", "=", "DatabaseConnectionPoolHigh"),)
        await world.engine.silences.put(
            SilenceRequest(
                matchers, world.now, world.now + HOUR, "ana", "maintenance of the database"
            )
        )
        body = json.dumps(json.loads(recorded("api-post-alerts.json"))["request"]["body"])
        posted = parse_post("prometheus", body.encode(), world.now).alerts
        await world.post(*posted, source="prometheus")
        yield world, client


@pytest.fixture
async def ordinary_gateway(tmp_path: Path) -> AsyncIterator[Gateway]:
    async with served(tmp_path) as (world, client):
        yield world, client


def as_recorded(name: str, silence: str) -> Any:
    """Return a recorded answer with the id of its silence replaced by ours."""
    return json.loads(
        recorded(name).decode().replace("94b3aac6-7410-4d1f-b9eb-7e17833d92f9", silence)
    )


async def silence_of(world: World) -> str:
    (silence,) = await world.engine.store.read(lambda tx: silences.ending_after(tx, world.now))
    return silence.id


@pytest.mark.parametrize("name", sorted(QUESTIONS))
async def test_alerts_equal_the_recorded_answers(gateway: Gateway, name: str) -> None:
    """Every field of every alert equals the recorded one; only the order differs."""
    world, client = gateway
    answer = await client.get("/api/v2/alerts", params=QUESTIONS[name])
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    body = await answer.json()
    expected = as_recorded(name, await silence_of(world))
    assert sorted(body, key=lambda one: one["fingerprint"]) == expected


async def test_groups_equal_the_recorded_answer(gateway: Gateway) -> None:
    """Groups equal the recorded ones, in their order, except for two additions.

    Newer versions have the route's labels. We name the muting intervals of a group whose alerts
    are all inhibited too; Alertmanager computes them only for a group with an alert to notify.
    """
    world, client = gateway
    answer = await (await client.get("/api/v2/alerts/groups")).json()
    expected = as_recorded("api-alerts-groups.json", await silence_of(world))
    for one in expected[2]["alerts"]:
        assert one["status"]["mutedBy"] == []
        one["status"]["mutedBy"] = ["weekend"]
    assert [group.pop("routeLabels") for group in answer] == [{}] * len(expected)
    assert answer == expected


async def test_no_alerts_are_an_empty_list(ordinary_gateway: Gateway) -> None:
    """Without alerts both lists are empty, as recorded."""
    _, client = ordinary_gateway
    for path in ("/api/v2/alerts", "/api/v2/alerts/groups"):
        answer = await client.get(path)
        assert await answer.json() == json.loads(recorded("api-alerts-empty.json"))


async def test_answers_fit_the_official_description(gateway: Gateway) -> None:
    """Answers conform to the official description, which clients are generated from."""
    world, client = gateway
    await world.post(alert("NoEnd", annotations={}, ends_at=None))
    conforms("gettableAlerts", await (await client.get("/api/v2/alerts")).json())
    conforms("alertGroups", await (await client.get("/api/v2/alerts/groups")).json())


async def test_alert_without_an_end_has_the_zero_time(ordinary_gateway: Gateway) -> None:
    """E33: an alert without an end has Go's zero time, as in Alertmanager."""
    world, client = ordinary_gateway
    await world.post(alert("Charges"))
    (answer,) = await (await client.get("/api/v2/alerts")).json()
    assert answer["endsAt"] == "0001-01-01T00:00:00.000Z"
    assert answer["startsAt"] == answer["updatedAt"] == "2026-11-18T11:06:40.000Z"
    assert answer["generatorURL"] == "http://prometheus.example.com/graph"


async def test_filtered_groups_are_never_empty(gateway: Gateway) -> None:
    """Groups are filtered by receiver, mute and state, and an empty group is omitted."""
    _, client = gateway

    async def receivers(**params: Any) -> list[str]:
        answer = await (await client.get("/api/v2/alerts/groups", params=params)).json()
        assert all(group["alerts"] for group in answer)
        return [group["receiver"]["name"] for group in answer]

    assert await receivers() == ["billing", "oncall", "billing", "default", "billing"]
    assert await receivers(muted="false") == ["oncall", "default"]
    assert await receivers(receiver="oncall|default") == ["oncall", "default"]
    assert await receivers(filter="severity=critical") == ["billing", "oncall"]
    assert await receivers(silenced="false", inhibited="false") == ["billing", "oncall", "billing"]
    assert await receivers(receiver_matchers='name!="billing"') == ["oncall", "default"]


async def test_group_outside_its_active_intervals_is_muted(tmp_path: Path) -> None:
    """E29: a group outside its active intervals names all of them."""
    routes = ROUTES.replace("mute_time_intervals: [weekend]", "active_time_intervals: [weekend]")
    async with served(tmp_path, routes) as (world, client):
        await world.post(alert("Charges", "info"))  # on a Wednesday
        (group,) = await (await client.get("/api/v2/alerts/groups")).json()
        assert group["alerts"][0]["status"]["mutedBy"] == ["weekend"]
        assert group["alerts"][0]["status"]["state"] == "suppressed"
        world.now = SATURDAY
        (group,) = await (await client.get("/api/v2/alerts/groups")).json()
        assert group["alerts"][0]["status"]["mutedBy"] == []


@pytest.mark.parametrize(
    ("params", "parameter"),
    [
        ({"filter": "{bad"}, "filter"),
        ({"filter": 'alertname=~"("'}, "filter"),
        ({"receiver": "("}, "receiver"),
        ({"receiver_matchers": "nonsense"}, "receiver_matchers"),
    ],
)
@pytest.mark.parametrize("path", ["/api/v2/alerts", "/api/v2/alerts/groups"])
async def test_invalid_parameter_is_400(
    ordinary_gateway: Gateway, path: str, params: dict[str, str], parameter: str
) -> None:
    """E34: an invalid parameter answers 400 and a JSON string that names it, as recorded."""
    _, client = ordinary_gateway
    answer = await client.get(path, params=params)
    assert answer.status == 400
    body = await answer.json()
    assert isinstance(body, str)
    assert parameter in body


@pytest.mark.parametrize("value", ["maybe", "0", "FALSE"])
async def test_unknown_boolean_is_false(ordinary_gateway: Gateway, value: str) -> None:
    """An unknown boolean is false and an empty one is the default, as in Alertmanager."""
    world, client = ordinary_gateway
    await world.post(alert("Charges"))
    assert await (await client.get("/api/v2/alerts", params={"active": value})).json() == []
    for still in ("", "T", "yes"):
        answer = await client.get("/api/v2/alerts", params={"active": still, "unknown": "x"})
        assert len(await answer.json()) == 1


@pytest.mark.parametrize("path", ["/api/v2/alerts", "/api/v2/alerts/groups"])
async def test_other_methods_are_405(ordinary_gateway: Gateway, path: str) -> None:
    """Other methods answer 405 with Allow, also HEAD, which would compute an answer and omit it."""
    _, client = ordinary_gateway
    for method in ("PUT", "DELETE", "OPTIONS", "HEAD"):
        answer = await client.request(method, path)
        assert answer.status == 405
        assert "GET" in answer.headers["Allow"].split(",")


async def test_hostile_labels_are_returned_unchanged(ordinary_gateway: Gateway) -> None:
    """E34: hostile label values are returned unchanged, and filters match them."""
    world, client = ordinary_gateway
    hostile = {"with space": 'quote" and \\', "🔥": "two\nlines", "path": "</script>"}
    await world.post(alert("Odd", **hostile))
    (body,) = await (await client.get("/api/v2/alerts")).json()
    assert body["labels"] == alert("Odd", **hostile).labels
    for name, value in hostile.items():
        params = {"filter": str(Matcher(name, "=", value))}
        answer = await client.get("/api/v2/alerts", params=params)
        assert len(await answer.json()) == 1, params


@pytest.mark.parametrize("path", ["/api/v2/alerts", "/api/v2/alerts/groups"])
async def test_long_answer_is_streamed_as_one_list(
    ordinary_gateway: Gateway, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E37: an answer longer than one piece arrives as one JSON list with all alerts."""
    world, client = ordinary_gateway
    monkeypatch.setattr(streaming, "WHOLE", 50_000)
    names = [f"Charges{number:04d}" for number in range(2 * PAGE + 5)]
    await world.post(*(alert(name) for name in names))
    answer = await client.get(path)
    assert answer.headers["Transfer-Encoding"] == "chunked"
    body = await answer.json()
    matches = body if path.endswith("alerts") else [one for g in body for one in g["alerts"]]
    assert [one["labels"]["alertname"] for one in matches] == names


async def test_many_concurrent_readers_are_all_served(
    ordinary_gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E37: twenty readers at once get the whole answer, and a short one does not wait for them."""
    world, client = ordinary_gateway
    monkeypatch.setattr(streaming, "WHOLE", 1)
    count = 3 * PAGE
    await world.post(*(alert(f"Charges{number:04d}") for number in range(count)))

    async def read(path: str) -> int:
        answer = await client.get(path)
        assert answer.status == 200
        return len(await answer.json())

    readers = [read("/api/v2/alerts") for _ in range(20)]
    few = read("/api/v2/alerts?filter=alertname=Charges0007")
    assert await asyncio.gather(*readers, few) == [count] * 20 + [1]


async def test_explicit_empty_group_by_makes_one_group(tmp_path: Path) -> None:
    """E31: an explicit `group_by: []` of a child replaces its parent's."""
    child = "routes: [{receiver: child, group_by: [], labels: {owner: billing}}]"
    routes = f"route: {{receiver: all, group_by: [alertname], {child}}}\n"
    routes += "receivers: [{name: all}, {name: child}]\n"
    async with served(tmp_path, routes) as (world, client):
        await world.post(alert("Charges"), alert("Latency"))
        (group,) = await (await client.get("/api/v2/alerts/groups")).json()
        assert group["labels"] == {}
        assert group["routeLabels"] == {"owner": "billing"}
        assert len(group["alerts"]) == 2


async def test_start_in_the_future_is_shown_as_the_receipt(ordinary_gateway: Gateway) -> None:
    """E35: an alert of a sender whose clock is ahead starts at its receipt."""
    world, client = ordinary_gateway
    await world.post(alert("Charges", starts_at=world.now + HOUR))
    (answer,) = await (await client.get("/api/v2/alerts")).json()
    assert answer["startsAt"] == answer["updatedAt"]


@pytest.mark.parametrize(
    ("field", "text"),
    [("endsAt", "9999-12-31T23:59:59.9999999Z"), ("startsAt", "0001-01-01T00:00:00+14:00")],
)
async def test_alert_with_an_extreme_date_keeps_the_list_readable(
    ordinary_gateway: Gateway, field: str, text: str
) -> None:
    """E33: .NET's last instant and a zero time with an offset leave all lists readable."""
    world, client = ordinary_gateway
    odd = {"labels": {"alertname": "Edge"}, field: text}
    posted = parse_post("prometheus", json.dumps([odd]).encode(), world.now).alerts
    await world.post(*posted, alert("Charges"), source="prometheus")
    for path in ("/api/v2/alerts", "/api/v2/alerts/groups"):
        answer = await client.get(path)
        assert answer.status == 200
        assert len(await answer.json()) == 2
    assert (await client.get("/api/v1/incidents/1001")).status == 200


async def test_unavailable_database_is_503_or_closes_the_connection(
    ordinary_gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client never receives the beginning of an answer as a complete one."""
    world, client = ordinary_gateway
    await world.post(*(alert(f"Charges{number:04d}") for number in range(2 * PAGE)))
    monkeypatch.setattr(streaming, "WHOLE", 10_000)
    read, answered = world.engine.store.read, 0

    async def fails_later(work: Any) -> Any:
        nonlocal answered
        answered += 1
        if answered > allowed:
            raise StoreUnavailableError("the disk is full")
        return await read(work)

    monkeypatch.setattr(world.engine.store, "read", fails_later)
    allowed = 1
    answer = await client.get("/api/v2/alerts")
    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert await answer.json() == "the disk is full"
    answered, allowed = 0, 2
    answer = await client.get("/api/v2/alerts")
    assert answer.status == 200
    with pytest.raises(Exception, match=r"[Pp]ayload|closed|disconnected"):
        await answer.read()


@pytest.mark.parametrize("path", ["/api/v2/alerts", "/api/v2/alerts/groups"])
async def test_reads_beyond_loopback_require_the_token(tmp_path: Path, path: str) -> None:
    """Beyond loopback reads require the token, which amtool, karma and Grafana can send."""
    async with served(tmp_path, listen="0.0.0.0:9095", api_token="test-api-token") as (_, client):
        assert (await client.get(path)).status == 401
        headers = {"Authorization": "Bearer test-api-token"}
        assert (await client.get(path, headers=headers)).status == 200
