"""Reading alerts by Alertmanager's API v2: as the real one answered, and as it is described."""

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
from gateway.web.ingest.sources import SOURCES
from tests.flow.world import HOUR, World, alert
from tests.web.conftest import Client
from tests.web.description import conforms
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
"""Return the configuration of the recorded Alertmanager, except for its receivers."""

QUESTIONS: dict[str, dict[str, Any]] = {
    "api-alerts.json": {},
    "api-alerts-active-only.json": {"silenced": "false", "inhibited": "false"},
    "api-alerts-silenced-only.json": {"active": "false", "inhibited": "false"},
    "api-alerts-filter-regex.json": {"filter": ["team=billing", 'severity=~"warning|info"']},
    "api-alerts-receiver-billing.json": {"receiver": "bill.*"},
}


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Gateway]:
    """The world of the recordings: five alerts, one of them silenced, two inhibited."""
    async with served(tmp_path, ROUTES) as (world, client):
        world.now = SATURDAY
        matchers = (Matcher("alertname", "=", "DatabaseConnectionPoolHigh"),)
        await world.engine.silences.put(
            SilenceRequest(
                matchers, world.now, world.now + HOUR, "ana", "maintenance of the database"
            )
        )
        body = json.dumps(json.loads(recorded("api-post-alerts.json"))["request"]["body"])
        posted = SOURCES["prometheus"](body.encode(), world.now).alerts
        await world.post(*posted, source="prometheus")
        yield world, client


@pytest.fixture
async def small(tmp_path: Path) -> AsyncIterator[Gateway]:
    async with served(tmp_path) as (world, client):
        yield world, client


def as_recorded(name: str, silence: str) -> Any:
    """A recorded answer, with the id of the one silence replaced by ours."""
    return json.loads(
        recorded(name).decode().replace("94b3aac6-7410-4d1f-b9eb-7e17833d92f9", silence)
    )


async def silence_of(world: World) -> str:
    (silence,) = await world.engine.store.read(lambda tx: silences.ending_after(tx, world.now))
    return silence.id


@pytest.mark.parametrize("name", sorted(QUESTIONS))
async def test_alerts_are_as_the_real_alertmanager_gave_them(gateway: Gateway, name: str) -> None:
    """Every field of every alert; only the order is ours."""
    world, client = gateway
    answer = await client.get("/api/v2/alerts", params=QUESTIONS[name])
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    body = await answer.json()
    expected = as_recorded(name, await silence_of(world))
    assert sorted(body, key=lambda one: one["fingerprint"]) == expected


async def test_groups_are_as_the_real_alertmanager_gave_them(gateway: Gateway) -> None:
    """In its order, with the intervals that mute them; newer ones have the route's labels, too.

    Ours names those of a group whose alerts are all inhibited, too: the real one asks for the
    intervals of a group only when something in it is still to be notified.
    """
    world, client = gateway
    answer = await (await client.get("/api/v2/alerts/groups")).json()
    expected = as_recorded("api-alerts-groups.json", await silence_of(world))
    for one in expected[2]["alerts"]:
        assert one["status"]["mutedBy"] == []
        one["status"]["mutedBy"] = ["weekend"]
    assert [group.pop("routeLabels") for group in answer] == [{}] * len(expected)
    assert answer == expected


async def test_nothing_is_an_empty_list(small: Gateway) -> None:
    """As recorded before anything was posted."""
    _, client = small
    for path in ("/api/v2/alerts", "/api/v2/alerts/groups"):
        answer = await client.get(path)
        assert await answer.json() == json.loads(recorded("api-alerts-empty.json"))


async def test_answers_fit_the_official_description(gateway: Gateway) -> None:
    """Clients are generated from it."""
    world, client = gateway
    await world.post(alert("NoEnd", annotations={}, ends_at=None))
    conforms("gettableAlerts", await (await client.get("/api/v2/alerts")).json())
    conforms("alertGroups", await (await client.get("/api/v2/alerts/groups")).json())


async def test_an_alert_without_an_end_says_so_as_alertmanager_would(small: Gateway) -> None:
    """E33: Go's zero time; and what was not given is not there."""
    world, client = small
    await world.post(alert("Charges"))
    (answer,) = await (await client.get("/api/v2/alerts")).json()
    assert answer["endsAt"] == "0001-01-01T00:00:00.000Z"
    assert answer["startsAt"] == answer["updatedAt"] == "2026-11-18T11:06:40.000Z"
    assert answer["generatorURL"] == "http://prometheus.example.com/graph"


async def test_groups_can_be_filtered_out(gateway: Gateway) -> None:
    """By receiver, by a mute, by alerts that were not asked for: never an empty group."""
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


async def test_a_group_outside_of_its_active_intervals_is_muted(tmp_path: Path) -> None:
    """E29: all active intervals are named when none of them holds."""
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
    ("params", "word"),
    [
        ({"filter": "{bad"}, "filter"),
        ({"filter": 'alertname=~"("'}, "filter"),
        ({"receiver": "("}, "receiver"),
        ({"receiver_matchers": "nonsense"}, "receiver_matchers"),
    ],
)
@pytest.mark.parametrize("path", ["/api/v2/alerts", "/api/v2/alerts/groups"])
async def test_a_question_that_cannot_be_read_is_a_400(
    small: Gateway, path: str, params: dict[str, str], word: str
) -> None:
    """E34: a JSON string, as recorded, and it names the parameter."""
    _, client = small
    answer = await client.get(path, params=params)
    assert answer.status == 400
    body = await answer.json()
    assert isinstance(body, str)
    assert word in body


@pytest.mark.parametrize("value", ["maybe", "0", "FALSE"])
async def test_what_is_not_true_is_false(small: Gateway, value: str) -> None:
    """As Alertmanager reads it; without a value it is the default."""
    world, client = small
    await world.post(alert("Charges"))
    assert await (await client.get("/api/v2/alerts", params={"active": value})).json() == []
    for still in ("", "T", "yes"):
        answer = await client.get("/api/v2/alerts", params={"active": still, "unknown": "x"})
        assert len(await answer.json()) == 1


@pytest.mark.parametrize("path", ["/api/v2/alerts", "/api/v2/alerts/groups"])
async def test_other_methods_are_answered_405(small: Gateway, path: str) -> None:
    """With Allow, and HEAD among them: it would do the work of an answer and show none."""
    _, client = small
    for method in ("PUT", "DELETE", "OPTIONS", "HEAD"):
        answer = await client.request(method, path)
        assert answer.status == 405
        assert "GET" in answer.headers["Allow"].split(",")


async def test_labels_come_out_as_they_went_in(small: Gateway) -> None:
    """E34: hostile values are returned unchanged, and filters match them."""
    world, client = small
    hostile = {"with space": 'quote" and \\', "🔥": "two\nlines", "path": "</script>"}
    await world.post(alert("Odd", **hostile))
    (body,) = await (await client.get("/api/v2/alerts")).json()
    assert body["labels"] == alert("Odd", **hostile).labels
    for name, value in hostile.items():
        params = {"filter": str(Matcher(name, "=", value))}
        answer = await client.get("/api/v2/alerts", params=params)
        assert len(await answer.json()) == 1, params


@pytest.mark.parametrize("path", ["/api/v2/alerts", "/api/v2/alerts/groups"])
async def test_long_answers_are_streamed_whole(
    small: Gateway, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E37: what does not fit into one piece arrives as one JSON list, all alerts in it."""
    world, client = small
    monkeypatch.setattr(streaming, "WHOLE", 50_000)
    names = [f"Charges{number:04d}" for number in range(2 * PAGE + 5)]
    await world.post(*(alert(name) for name in names))
    answer = await client.get(path)
    assert answer.headers["Transfer-Encoding"] == "chunked"
    body = await answer.json()
    matches = body if path.endswith("alerts") else [one for g in body for one in g["alerts"]]
    assert [one["labels"]["alertname"] for one in matches] == names


async def test_many_readers_of_everything_are_all_served(
    small: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E37: twenty at once, each with the whole answer; a short one does not wait for them."""
    world, client = small
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


async def test_one_group_for_all_has_no_labels(tmp_path: Path) -> None:
    """E31: an explicit `group_by: []` in a child is not its parent's."""
    child = "routes: [{receiver: child, group_by: [], labels: {owner: billing}}]"
    routes = f"route: {{receiver: all, group_by: [alertname], {child}}}\n"
    routes += "receivers: [{name: all}, {name: child}]\n"
    async with served(tmp_path, routes) as (world, client):
        await world.post(alert("Charges"), alert("Latency"))
        (group,) = await (await client.get("/api/v2/alerts/groups")).json()
        assert group["labels"] == {}
        assert group["routeLabels"] == {"owner": "billing"}
        assert len(group["alerts"]) == 2


async def test_a_sender_whose_clock_is_ahead_shows_no_future(small: Gateway) -> None:
    """E35: nothing began tomorrow."""
    world, client = small
    await world.post(alert("Charges", starts_at=world.now + HOUR))
    (answer,) = await (await client.get("/api/v2/alerts")).json()
    assert answer["startsAt"] == answer["updatedAt"]


@pytest.mark.parametrize(
    ("field", "text"),
    [("endsAt", "9999-12-31T23:59:59.9999999Z"), ("startsAt", "0001-01-01T00:00:00+14:00")],
)
async def test_an_alert_at_the_edge_of_all_dates_hides_no_other(
    small: Gateway, field: str, text: str
) -> None:
    """E33: .NET's last instant as an end, and a zero time in somebody's zone."""
    world, client = small
    odd = {"labels": {"alertname": "Edge"}, field: text}
    posted = SOURCES["prometheus"](json.dumps([odd]).encode(), world.now).alerts
    await world.post(*posted, alert("Charges"), source="prometheus")
    for path in ("/api/v2/alerts", "/api/v2/alerts/groups"):
        answer = await client.get(path)
        assert answer.status == 200
        assert len(await answer.json()) == 2
    assert (await client.get("/api/v1/incidents/1001")).status == 200


async def test_a_database_that_is_lost_is_a_503_or_a_cut(
    small: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client never takes the beginning of an answer for all of it."""
    world, client = small
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
async def test_readers_from_elsewhere_need_the_token(tmp_path: Path, path: str) -> None:
    """As for our own API; amtool, karma and Grafana can send it by Basic or Bearer."""
    async with served(tmp_path, listen="0.0.0.0:9095", api_token="test-api-token") as (_, client):
        assert (await client.get(path)).status == 401
        head = {"Authorization": "Bearer test-api-token"}
        assert (await client.get(path, headers=head)).status == 200
