"""Equal facts about an incident in the list, on its pages, in the API and on the command line."""

import json
import re
from pathlib import Path

from gateway.core.time.timestamps import format_rfc3339
from tests.cli.test_commands_of_a_running_gateway import fine_at
from tests.flow.world import HOUR, MINUTE, START, alert
from tests.web.pages.test_ack_pages import text_of
from tests.web.real import served, token


async def test_resolved_incident_lasted_equally_long_everywhere(tmp_path: Path) -> None:
    """Every page and command gives the time from its first alert's start to its last one's end."""
    async with served(tmp_path) as (world, client):
        first, last = START - 7 * MINUTE, START + 2 * MINUTE
        await world.post(alert(instance="a", starts_at=first))
        await world.advance(MINUTE)
        await world.ack(1001)
        await world.post(
            alert(instance="a", starts_at=first, ends_at=START + MINUTE),
            alert(instance="b", starts_at=START + MINUTE, ends_at=last),
        )
        await world.advance(20 * MINUTE)
        pages = [await text_of(client, "GET", path) for path in ("/", "/incidents/1001")]
        pages.append(await text_of(client, "GET", f"/ack/{token(world, 'ben')}"))
        pages.append(await fine_at(world, client, "incidents", "--state", "all"))
        pages.append(await fine_at(world, client, "incidents", "1001"))
        pages.append(await fine_at(world, client, "explain", "1001"))
        for page in pages:
            assert set(re.findall(r"after (\d+ \w+)", page)) == {"9 min"}, page
            assert "Ana had acknowledged it" in page or "acknowledged by Ana" in page
            assert "has it" not in page
        answer = await (await client.get("/api/v1/incidents/1001")).json()
        assert answer["lasted"] == 9 * MINUTE
        mail = next(d.message for d in world.delivered if d.reason == "resolved")
        assert "after 9 min. Ana had acknowledged it." in mail.parts["text"]


async def test_open_incidents_are_listed_in_one_order_everywhere(tmp_path: Path) -> None:
    """Two unacknowledged criticals come before sixty newer warnings in every list."""
    async with served(tmp_path) as (world, client):
        await world.post(alert("First"), alert("Second"), alert("Third"))
        await world.advance(MINUTE)
        await world.post(*(alert(f"Slow{index}", "warning") for index in range(60)))
        await world.advance(MINUTE)
        await world.ack(1001)
        numbers = [1002, 1003, *range(1004, 1064), 1001]
        page = await (await client.get("/")).text()
        assert [int(one) for one in re.findall(r"incidents/(\d+)", page)] == numbers
        assert "unacknowledged: 2 critical, 60 warning · acknowledged: 1 critical" in page
        assert "unacknowledged, acknowledge by 11:21 UTC · for 2 min" in page
        text = await fine_at(world, client, "incidents")
        assert [int(one) for one in re.findall(r"^#(\d+)", text, re.M)] == numbers[:50]
        assert "… 13 more: --all shows them" in text
        text = await fine_at(world, client, "incidents", "--state", "all", "--limit", "10")
        assert "… 53 open and all resolved ones are not shown: --all shows them" in text
        for more in (("--all",), ("--limit", "63")):
            text = await fine_at(world, client, "incidents", *more)
            assert [int(one) for one in re.findall(r"^#(\d+)", text, re.M)] == numbers
            assert "more:" not in text
        for path in ("incidents?limit=50", "explain?person=ana"):
            answer = await (await client.get(f"/api/v1/{path}")).json()
            assert [one["number"] for one in answer["incidents"]] == numbers[:50]


async def test_suppressed_incidents_are_listed_and_counted_apart_everywhere(
    tmp_path: Path,
) -> None:
    """A silenced critical follows an unacknowledged warning and is counted apart."""
    async with served(tmp_path) as (world, client):
        await world.post(alert("Old"), alert("Acked"))
        await world.advance(MINUTE)
        await world.ack(1002)
        until = format_rfc3339(world.now + HOUR)
        silence = {"matchers": ["alertname=Old"], "created_by": "ana", "ends_at": until}
        created = await client.post("/api/v1/silences", json={**silence, "comment": "known"})
        assert created.status in (200, 201), await created.text()
        await world.post(alert("Slow", "warning"))
        await world.advance(6 * MINUTE)
        numbers = [1003, 1001, 1002]
        counts = "unacknowledged: 1 warning · suppressed: 1 critical · acknowledged: 1 critical"
        page = await (await client.get("/")).text()
        assert [int(one) for one in re.findall(r"incidents/(\d+)", page)] == numbers
        assert counts in page
        text = await fine_at(world, client, "incidents")
        assert [int(one) for one in re.findall(r"^#(\d+)", text, re.M)] == numbers
        assert counts in text
        assert re.search(r"^#1001 +critical +suppressed ", text, re.M)
        only = json.loads(
            await fine_at(world, client, "incidents", "--state", "suppressed", "--json")
        )
        assert [one["number"] for one in only["incidents"]] == [1001]
        assert only["counts"] == [{"state": "suppressed", "severity": "critical", "count": 1}]
        for path in ("incidents", "explain?person=ana"):
            answer = await (await client.get(f"/api/v1/{path}")).json()
            assert [one["number"] for one in answer["incidents"]] == numbers
            assert [one["suppressed"] for one in answer["incidents"]] == [False, True, False]


async def test_second_page_of_the_list_continues_the_first(tmp_path: Path) -> None:
    """The list links to its next page, which continues in the same order."""
    async with served(tmp_path) as (world, client):
        await world.post(*(alert(f"Slow{index}", "warning") for index in range(203)))
        await world.advance(MINUTE)
        page = await (await client.get("/")).text()
        (link,) = re.findall(r'href="([^"]+)" rel="next"', page)
        assert "Next 200" in page
        page = await (await client.get(f"/{link}")).text()
        assert re.findall(r"incidents/(\d+)", page) == ["1201", "1202", "1203"]
        assert "Most urgent" in page
        assert (await client.get("/?after=anything")).status == 200
