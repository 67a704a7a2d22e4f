"""What karma and Grafana ask an Alertmanager, in their order; what they need in the answers.

karma: internal/alertmanager (its Pull) and internal/mapper/v017. Grafana: the data source of type
Alertmanager, public/app/features/alerting/unified/api.
"""

from pathlib import Path

from gateway.core.time.timestamps import format_rfc3339
from tests.flow.world import HOUR, MINUTE, World, alert
from tests.web.conftest import Client
from tests.web.description import conforms
from tests.web.real import served


async def busy(world: World, client: Client) -> str:
    """Two alerts of a group, one of them silenced; returns the silence's id."""
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


async def test_karma_collects(tmp_path: Path) -> None:
    """The version from /metrics, status, silences, groups: each alert leads to its silence."""
    async with served(tmp_path) as (world, client):
        one = await busy(world, client)
        metrics = await (await client.get("/metrics")).text()
        assert 'alertmanager_build_info{version="' in metrics
        status = await (await client.get("/api/v2/status")).json()
        assert status["cluster"]["status"] == "disabled"
        silences = await (await client.get("/api/v2/silences")).json()
        # It follows each of these without asking whether it is there.
        for name in ("id", "startsAt", "endsAt", "createdBy", "comment"):
            assert silences[0][name]
        assert set(silences[0]["matchers"][0]) == {"name", "value", "isRegex", "isEqual"}
        (group,) = await (await client.get("/api/v2/alerts/groups")).json()
        assert group["receiver"] == {"name": "billing"}
        states = {matches["labels"]["instance"]: matches["status"] for matches in group["alerts"]}
        assert states["a"]["silencedBy"] == [one]
        assert (states["a"]["state"], states["b"]["state"]) == ("suppressed", "active")
        assert states["b"]["silencedBy"] == []


async def test_grafana_lists_silences_and_ends_one(tmp_path: Path) -> None:
    """Status, alerts, groups and silences are there; a silence is shown with its alerts, changed
    under its id, and ended."""
    async with served(tmp_path) as (world, client):
        one = await busy(world, client)
        for path in ("status", "alerts", "alerts/groups", "receivers", "silences"):
            assert (await client.get(f"/api/v2/{path}")).status == 200
        alerts = await client.get("/api/v2/alerts", params={"silenced": "true", "active": "false"})
        assert [matches["status"]["silencedBy"] for matches in await alerts.json()] == [[one]]
        shown = await (await client.get(f"/api/v2/silence/{one}")).json()
        longer = {**shown, "endsAt": format_rfc3339(world.now + 5 * HOUR)}  # with all it was shown
        changed = await client.post("/api/v2/silences", json=longer)
        assert await changed.json() == {"silenceID": one}
        assert (await client.delete(f"/api/v2/silence/{one}")).status == 200
        ended = await (await client.get(f"/api/v2/silence/{one}")).json()
        assert ended["status"] == {"state": "expired"}


async def test_what_they_are_answered_fits_the_official_description(tmp_path: Path) -> None:
    """Both have clients that were generated from it."""
    async with served(tmp_path) as (world, client):
        await busy(world, client)
        conforms("gettableSilences", await (await client.get("/api/v2/silences")).json())
        conforms("alertGroups", await (await client.get("/api/v2/alerts/groups")).json())
        conforms("alertmanagerStatus", await (await client.get("/api/v2/status")).json())
