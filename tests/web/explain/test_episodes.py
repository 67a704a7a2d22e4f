"""Earlier firings of an alert in `explain`, in the API and on pages of old incidents."""

from pathlib import Path
from typing import Any

from gateway.core.time.timestamps import format_rfc3339
from tests.cli.test_commands_of_a_running_gateway import fine_at
from tests.flow.world import DAY, HOUR, MINUTE, START, World, alert
from tests.web.explain.test_explain import explanation_of
from tests.web.real import Client, served

NAME = "PaymentFailures"
LABELS = f'{{alertname="{NAME}"}}'


async def fire_three_times(world: World) -> None:
    """Fire an hour apart, each for ten minutes; each time opens an incident."""
    for round_ in range(3):
        starts_at = START + round_ * HOUR
        await world.advance(starts_at - world.now)
        await world.post(alert(NAME, "warning", starts_at=starts_at))
        await world.advance(10 * MINUTE)
        await world.post(alert(NAME, "warning", starts_at=starts_at, ends_at=world.now))
        await world.advance(10 * MINUTE)


async def history(client: Client, status: int = 200, **query: str) -> Any:
    answer = await client.get("/api/v1/alerts/history", params=query)
    body = await answer.json()
    assert answer.status == status, body
    return body


async def test_history_lists_every_firing_with_its_incident(tmp_path: Path) -> None:
    """Start, end, how it ended and the incident of each firing, the latest first."""
    async with served(tmp_path) as (world, client):
        await fire_three_times(world)
        body = await history(client, labels=LABELS)
        assert [(one["starts_at"], one["state"], one["incidents"]) for one in body["episodes"]] == [
            ("2026-11-18T13:06:40Z", "resolved", [1003]),
            ("2026-11-18T12:06:40Z", "resolved", [1002]),
            ("2026-11-18T11:06:40Z", "resolved", [1001]),
        ]
        assert [one["ends_at"] for one in body["episodes"]][-1] == "2026-11-18T11:16:40Z"
        assert (body["count"], body["notes"]) == (3, [])
        span = {"from": "2026-11-18T12:00:00Z", "to": "2026-11-18T13:00:00Z"}
        body = await history(client, labels=LABELS, **span)
        assert [one["incidents"] for one in body["episodes"]] == [[1002]]


async def test_episode_reported_after_its_end_has_its_incident(tmp_path: Path) -> None:
    """A source that was cut off reports a firing and its end late: both belong to the incident."""
    async with served(tmp_path) as (world, client):
        began = START - HOUR
        await world.post(alert(NAME, "warning", starts_at=began))
        await world.post(alert(NAME, "warning", starts_at=began, ends_at=began + 5 * MINUTE))
        await world.post(alert(NAME, "warning", starts_at=START - 20 * MINUTE))
        await world.advance(MINUTE)
        body = await history(client, labels=LABELS)
        assert [(one["state"], one["incidents"]) for one in body["episodes"]] == [
            ("firing", [1001]),
            ("resolved", [1001]),
        ]


async def test_history_over_deleted_time_says_so(tmp_path: Path) -> None:
    """An answer that begins before the retention says from when on it is complete."""
    async with served(tmp_path) as (world, client):
        await fire_three_times(world)
        begin = format_rfc3339(world.now - 100 * DAY, milliseconds=False)
        body = await history(client, labels=LABELS, **{"from": begin})
        [note] = body["notes"]
        assert "are past their retention" in note
        assert body["stored_since"] == format_rfc3339(world.now - 90 * DAY, milliseconds=False)


async def test_invalid_history_query_names_the_field(tmp_path: Path) -> None:
    """422 with the field, for text that is no labels and for a span without time."""
    async with served(tmp_path) as (_, client):
        for query in (
            {"labels": "not labels"},
            {"labels": "{}"},
            {"labels": LABELS, "from": "2026-11-19T00:00:00Z", "to": "2026-11-18T00:00:00Z"},
        ):
            body = await history(client, 422, **query)
            field = "from" if "from" in query else "labels"
            assert body["detail"][0]["field"] == field


async def test_explain_labels_shows_earlier_firings(tmp_path: Path) -> None:
    """`gateway explain LABEL=VALUE` prints when the alert fired before."""
    async with served(tmp_path) as (world, client):
        await fire_three_times(world)
        [fired] = (await explanation_of(client, labels=LABELS))["alerts"]
        assert fired["episode_count"] == len(fired["episodes"]) == 3
        text = await fine_at(world, client, "explain", f"alertname={NAME}")
        assert "fired 3 times that are stored" in text
        assert "at 11:06 UTC for 10 min, resolved; incident #1001" in text


async def test_resolved_incident_shows_the_firing_that_it_had(tmp_path: Path) -> None:
    """The page and API of the first incident show its own times, not those of the last firing."""
    async with served(tmp_path) as (world, client):
        await fire_three_times(world)
        body = await (await client.get("/api/v1/incidents/1001")).json()
        [member] = body["alerts"]
        assert (member["starts_at"], member["ends_at"]) == (
            "2026-11-18T11:06:40Z",
            "2026-11-18T11:16:40Z",
        )
        assert member["status"] == "resolved"
        page = await (await client.get("/incidents/1001")).text()
        assert "11:16" in page
        assert "13:06" not in page


async def test_incident_that_was_never_notified_knows_the_start_of_its_alert(
    tmp_path: Path,
) -> None:
    """Resolved within its group_wait, then fired again: the start is that of the episode."""
    async with served(tmp_path) as (world, client):
        began = START - 20 * MINUTE
        await world.post(alert(NAME, "warning", starts_at=began))
        await world.advance(5.0)
        await world.post(alert(NAME, "warning", starts_at=began, ends_at=world.now))
        await world.advance(HOUR)
        await world.post(alert(NAME, "warning", starts_at=world.now))
        await world.advance(MINUTE)
        [member] = (await (await client.get("/api/v1/incidents/1001")).json())["alerts"]
        assert member["starts_at"] == format_rfc3339(began, milliseconds=False)
        assert member["ends_at"] == format_rfc3339(START + 5.0, milliseconds=False)
