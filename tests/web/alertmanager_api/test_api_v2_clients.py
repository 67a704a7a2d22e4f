"""Requests of karma and Grafana to an Alertmanager, and the fields that they read.

karma: internal/alertmanager (its Pull) and internal/mapper/v017. Grafana: the data source of type
Alertmanager, public/app/features/alerting/unified/api.
"""

from pathlib import Path

from gateway.core.time.timestamps import format_rfc3339
from tests.flow.world import HOUR, MINUTE, World, alert
from tests.web.conftest import Client
from tests.web.description import conforms
from tests.web.real import served


async def silence_one_of_two(world: World, client: Client) -> str:
    """Post two alerts of a group, silence one of them, and return the id of the silence."""
    await world.post(*(alert("SlowRenewals", "warning", instance=one) for one in ("a", "b")))
    await world.advance(MINUTE)
    # As Grafana's form posts it: an empty id, and every flag.
    matcher = {"name": "instance", "value": "a", "isRegex": False, "isEqual": True}
    body = {
        "id": "",
        "matchers": [matcher],
        "startsAt": format_rfc3339(world.now),
        "endsAt": format_rfc3339(world.now + 2 * HOUR),
        "createdBy": "ana",
        "comment": "maintenance",
    }
    answer = await client.post("/api/v2/silences", json=body)
    assert answer.status == 200
    return str((await answer.json())["silenceID"])


async def test_karma_reads_groups_with_their_silences(tmp_path: Path) -> None:
    """karma reads version, status, silences and groups, and each alert names its silence."""
    async with served(tmp_path) as (world, client):
        one = await silence_one_of_two(world, client)
        metrics = await (await client.get("/metrics")).text()
        assert 'alertmanager_build_info{version="' in metrics
        status = await (await client.get("/api/v2/status")).json()
        assert status["cluster"]["status"] == "disabled"
        silences = await (await client.get("/api/v2/silences")).json()
        # karma reads each of these without checking that it exists.
        for name in ("id", "startsAt", "endsAt", "createdBy", "comment"):
            assert silences[0][name]
        assert set(silences[0]["matchers"][0]) == {"name", "value", "isRegex", "isEqual"}
        (group,) = await (await client.get("/api/v2/alerts/groups")).json()
        assert group["receiver"] == {"name": "billing"}
        states = {
            one_alert["labels"]["instance"]: one_alert["status"] for one_alert in group["alerts"]
        }
        assert states["a"]["silencedBy"] == [one]
        assert (states["a"]["state"], states["b"]["state"]) == ("suppressed", "active")
        assert states["b"]["silencedBy"] == []


async def test_grafana_lists_changes_and_ends_a_silence(tmp_path: Path) -> None:
    """Grafana lists a silence with its alerts, changes it under its id, and ends it."""
    async with served(tmp_path) as (world, client):
        one = await silence_one_of_two(world, client)
        for path in ("status", "alerts", "alerts/groups", "receivers", "silences"):
            assert (await client.get(f"/api/v2/{path}")).status == 200
        alerts = await client.get("/api/v2/alerts", params={"silenced": "true", "active": "false"})
        assert [one_alert["status"]["silencedBy"] for one_alert in await alerts.json()] == [[one]]
        shown = await (await client.get(f"/api/v2/silence/{one}")).json()
        longer = {**shown, "endsAt": format_rfc3339(world.now + 5 * HOUR)}  # with all it was shown
        changed = await client.post("/api/v2/silences", json=longer)
        assert await changed.json() == {"silenceID": one}
        assert (await client.delete(f"/api/v2/silence/{one}")).status == 200
        ended = await (await client.get(f"/api/v2/silence/{one}")).json()
        assert ended["status"] == {"state": "expired"}


async def test_answers_fit_the_official_description(tmp_path: Path) -> None:
    """Answers conform to the official description, which both clients are generated from."""
    async with served(tmp_path) as (world, client):
        await silence_one_of_two(world, client)
        conforms("gettableSilences", await (await client.get("/api/v2/silences")).json())
        conforms("alertGroups", await (await client.get("/api/v2/alerts/groups")).json())
        conforms("alertmanagerStatus", await (await client.get("/api/v2/status")).json())
