"""The past of a rota, as `explain`, the API and the page of those on call show it."""

from pathlib import Path
from typing import Any

from gateway.core.time.timestamps import format_rfc3339
from tests.flow.world import DAY, HOUR, ROUTES, START, World, alert
from tests.web.explain.test_explain import explanation_of
from tests.web.real import Client, served

BY_DAY = ROUTES.replace(
    'layers: [{members: [ana], rotate: weekly, handover: "Mon 09:00", start: 2026-01-05}]',
    'layers: [{members: [ana, ben], rotate: daily, handover: "09:00", start: 2026-01-05}]',
)
SWAPPED = BY_DAY.replace("members: [ana, ben]", "members: [ben, ana]").replace(
    "start: 2026-01-05}]", "start: 2026-01-06}]"
)


def with_override(person: str) -> str:
    """Return the file with an override by which the person is on call, since long before now."""
    layers = "start: 2026-01-05}]"
    override = f"{{person: {person}, from: 2026-11-18, to: 2026-12-18}}"
    return BY_DAY.replace(layers, f"{layers}\n    overrides: [{override}]")


ONLY_BEN = BY_DAY.replace("members: [ana, ben]", "members: [ben]")


async def reload(world: World, routes: str) -> None:
    """Exchange routes.yaml; the people on call change at once."""
    world.routes = routes
    assert await world.engine.reload() == ()
    await world.settle()


def people_of(shifts: list[dict[str, Any]]) -> list[str]:
    return ["+".join(one["id"] for one in shift["on_call"]) for shift in shifts]


async def on_call(client: Client, **query: str) -> Any:
    answer = await client.get("/api/v1/oncall", params=query)
    body = await answer.json()
    assert answer.status == 200, body
    return body


async def test_person_who_was_not_on_call_is_not_shown_so_after_a_change(tmp_path: Path) -> None:
    """After `members` are swapped, nobody appears on call on days when they were not."""
    async with served(tmp_path, BY_DAY) as (world, client):
        await world.advance(4 * DAY)
        since = format_rfc3339(START, milliseconds=False)
        before = {
            name: (await explanation_of(client, person=name, since=since))["on_call"]
            for name in ("ana", "ben")
        }
        await reload(world, ONLY_BEN)
        for name in ("ana", "ben"):
            after = (await explanation_of(client, person=name, since=since))["on_call"]
            assert after == before[name]
            assert {one["source"] for one in after} == {"recorded"}


async def test_reasons_name_who_was_on_call_at_the_step(tmp_path: Path) -> None:
    """Why Ben was not paged: Ana was on call then, although today's file has only Ben."""
    async with served(tmp_path, BY_DAY) as (world, client):
        on_duty = (await on_call(client))["duty"][0]["on_call"][0]["id"]
        other = "ben" if on_duty == "ana" else "ana"
        await world.post(alert())
        await world.advance(60.0)
        await reload(world, with_override(other))
        await world.advance(60.0)
        answer = await explanation_of(client, person=other, zone="UTC")
        text = " ".join(answer["incidents"][0]["why"])
        assert f"when {on_duty.capitalize()} was on call in rota billing" in text


async def test_api_shows_recorded_shifts_before_now_and_planned_ones_after(
    tmp_path: Path,
) -> None:
    """One answer over now: the past as it was, the future as the file has it."""
    async with served(tmp_path, BY_DAY) as (world, client):
        await world.advance(2 * DAY)
        await reload(world, ONLY_BEN)
        span = {
            "from": format_rfc3339(START, milliseconds=False),
            "to": format_rfc3339(world.now + 3 * DAY, milliseconds=False),
        }
        shifts = (await on_call(client, **span))["shifts"]
        assert people_of(shifts) in (["ana", "ben", "ana", "ben"], ["ben", "ana", "ben"])
        assert shifts[-1]["to"] == span["to"]
        assert {one["source"] for one in shifts} == {"recorded"}
        earlier = {"from": format_rfc3339(START - DAY, milliseconds=False), "to": span["from"]}
        assert {one["source"] for one in (await on_call(client, **earlier))["shifts"]} == {
            "schedule"
        }


async def test_api_answers_for_an_instant_in_the_past_from_the_record(tmp_path: Path) -> None:
    """Who was on call at 23:00 yesterday, since when and until when, by the record."""
    async with served(tmp_path, BY_DAY) as (world, client):
        await world.advance(2 * DAY)
        at = format_rfc3339(START + DAY, milliseconds=False)
        [before] = (await on_call(client, at=at))["duty"]
        await reload(world, ONLY_BEN)
        [after] = (await on_call(client, at=at))["duty"]
        assert after == before
        assert after["next"]["id"] != after["on_call"][0]["id"]


async def test_shift_that_began_with_a_reload_says_so(tmp_path: Path) -> None:
    """The present shift is shown since the reload that began it, not since its planned start."""
    async with served(tmp_path, BY_DAY) as (world, client):
        await world.advance(5 * HOUR)
        on_duty = (await on_call(client))["duty"][0]["on_call"][0]["id"]
        other = "ben" if on_duty == "ana" else "ana"
        await reload(world, with_override(other))
        await world.advance(HOUR)
        [duty] = (await on_call(client))["duty"]
        assert duty["on_call"][0]["id"] == other
        assert duty["since"] == format_rfc3339(START + 5 * HOUR, milliseconds=False)


async def test_rota_that_was_removed_still_shows_its_past(tmp_path: Path) -> None:
    """Duty in a rota that is no longer in routes.yaml is part of the answer about a person."""
    async with served(tmp_path, ROUTES) as (world, client):
        await world.advance(DAY)
        renamed = ROUTES.replace("  billing:\n    timezone", "  payments:\n    timezone")
        await reload(world, renamed.replace("rota:billing", "rota:payments"))
        await world.advance(DAY)
        answer = await explanation_of(client, person="ana", since="2026-11-18T11:06:40Z")
        assert [one["rota"] for one in answer["on_call"]] == ["payments", "billing"]


async def test_page_shows_the_recorded_hours_of_today(tmp_path: Path) -> None:
    """The calendar's first day shows who was on call this morning, also after a reload."""
    async with served(tmp_path, BY_DAY) as (world, client):
        await world.advance(5 * HOUR)
        on_duty = (await on_call(client))["duty"][0]["on_call"][0]["name"]
        other = "ben" if on_duty == "Ana" else "ana"
        await reload(world, with_override(other))
        text = await (await client.get("/oncall")).text()
        assert on_duty in text
