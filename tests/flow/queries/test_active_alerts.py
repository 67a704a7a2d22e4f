"""Queries of firing alerts agree with dispatch, in any order of reports."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from gateway.core.alerts.labels import fingerprint
from gateway.core.matching.matcher import Matcher
from gateway.flow.queries import label_search, mute_snapshot
from gateway.flow.queries.active_alerts import PAGE, ActiveAlert, AlertFilter, GroupedAlert
from gateway.flow.silences.silences import SilenceRequest
from tests.flow.world import HOUR, MINUTE, World, alert


async def firing_names(world: World, **query: object) -> list[str]:
    """The names of the firing alerts that pass the filter."""
    return [str(one.labels["alertname"]) for one in await active_alerts(world, **query)]


async def active_alerts(world: World, **query: object) -> list[ActiveAlert]:
    matches: list[ActiveAlert] = []

    def write(page: Sequence[ActiveAlert]) -> bytes:
        matches.extend(page)
        return b""

    async for _ in world.engine.active_alerts.alerts(AlertFilter(**query), write):  # type: ignore[arg-type]
        pass
    return matches


async def grouped_names(world: World, **query: object) -> list[tuple[int, str]]:
    """Pairs of incident and alert, in the order of the groups."""
    matches: list[GroupedAlert] = []

    def write(page: Sequence[GroupedAlert]) -> bytes:
        matches.extend(page)
        return b""

    async for _ in world.engine.active_alerts.groups(AlertFilter(**query), write):  # type: ignore[arg-type]
        pass
    return [(one.group.number, str(one.alert.labels["alertname"])) for one in matches]


def named(*names: str) -> tuple[Matcher, ...]:
    return (Matcher("alertname", "=~", "|".join(names)),)


async def test_a_resolved_alert_is_not_returned(world: World) -> None:
    """An end that was posted and one that passed both count; what fires again is back."""
    await world.post(alert("Charges"), alert("Latency", ends_at=world.now + MINUTE))
    assert await firing_names(world) == ["Charges", "Latency"]
    world.now += 2 * MINUTE
    assert await firing_names(world) == ["Charges"]
    assert await firing_names(world, matchers=named("Latency", "Charges")) == ["Charges"]
    await world.post(alert("Charges", ends_at=world.now))
    assert await firing_names(world) == []
    await world.post(alert("Latency", starts_at=world.now))
    assert await firing_names(world) == ["Latency"]
    assert await firing_names(world, matchers=named("Latency")) == ["Latency"]


async def test_a_later_end_that_is_only_cached_counts(world: World) -> None:
    """E1: Prometheus' re-posts change the cache only, and count all the same."""
    await world.post(alert("Charges", ends_at=world.now + 4 * MINUTE))
    later = world.now + 6 * MINUTE
    await world.post(alert("Charges", starts_at=world.now, ends_at=later))
    world.now += 5 * MINUTE
    assert [one.ends_at for one in await active_alerts(world)] == [later]
    assert [one.ends_at for one in await active_alerts(world, matchers=named("Charges"))] == [later]
    world.now += 2 * MINUTE
    assert await firing_names(world) == []


async def test_after_a_start_a_resolved_alert_stays_resolved(world: World) -> None:
    """One that was firing when the process stopped is still firing."""
    await world.post(alert("Charges", ends_at=world.now + MINUTE))
    await world.advance(7 * MINUTE)
    assert not (await world.incident()).open
    await world.post(alert("Latency", ends_at=world.now + 4 * MINUTE))
    world.now += 5 * MINUTE
    await world.kill(world.engine)
    await world.start()
    assert await firing_names(world) == ["Latency"]
    assert await firing_names(world, matchers=named("Charges", "Latency")) == ["Latency"]


async def test_the_search_finds_what_is_new(world: World) -> None:
    """The index is built once; new alerts, and old ones that fire again, are added."""
    await world.post(alert("Charges"))
    assert await firing_names(world, matchers=named("Charges", "Latency")) == ["Charges"]
    await world.post(alert("Latency"), alert("Memory"))
    assert await firing_names(world, matchers=named("Charges", "Latency")) == ["Charges", "Latency"]
    assert await firing_names(world, matchers=(Matcher("alertname", "!=", "Memory"),)) == [
        "Charges",
        "Latency",
    ]


async def test_the_index_is_built_again_when_most_of_it_resolved(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E37: after a day with many alerts it holds those that are firing."""
    monkeypatch.setattr(label_search, "SPARE", 5)
    search = world.engine.active_alerts._search
    for number in range(20):
        await world.post(alert(f"Charges{number}", ends_at=world.now + MINUTE))
        assert await firing_names(world, matchers=named(f"Charges{number}")) == [f"Charges{number}"]
        world.now += HOUR
    assert search._state is not None
    assert len(search._state.index) <= 8


async def test_a_long_list_comes_in_pages(world: World) -> None:
    """E37: more alerts than a page holds, each once and in order, by label and by group."""
    names = [f"Charges{number:04d}" for number in range(2 * PAGE + 1)]
    await world.post(*(alert(name) for name in names))
    assert await firing_names(world) == names
    assert await firing_names(world, matchers=(Matcher("team", "=", "billing"),)) == names
    expected = [(1001 + index, name) for index, name in enumerate(names)]
    assert await grouped_names(world) == expected
    assert await grouped_names(world, matchers=(Matcher("team", "=", "billing"),)) == expected


async def test_a_large_group_stays_together(tmp_path: Path) -> None:
    """One group of several pages between two small ones."""
    routes = "route: {receiver: all, group_by: [team]}\nreceivers: [{name: all}]\n"
    world = World(f"sqlite:///{tmp_path}/gateway.db", routes)
    await world.start()
    some = [alert(f"Charges{number:04d}", team="b") for number in range(PAGE + 9)]
    await world.post(alert("First", team="c"), *some, alert("Last", team="a"))
    pairs = await grouped_names(world)
    assert [name for _, name in pairs] == [
        "Last",
        *(one.labels["alertname"] for one in some),
        "First",
    ]
    assert await grouped_names(world, matchers=named("Last", "Charges0003")) == [
        (pairs[0][0], "Last"),
        (pairs[1][0], "Charges0003"),
    ]
    await world.close()


async def test_an_acknowledged_incident_is_active(world: World) -> None:
    """To Alertmanager's clients an acknowledged alert is active."""
    await world.post(alert("Charges"))
    await world.advance(MINUTE)
    await world.ack(1001)
    assert await firing_names(world, silenced=False, inhibited=False) == ["Charges"]
    assert await firing_names(world, active=False) == []
    assert await grouped_names(world) == [(1001, "Charges")]


async def test_suppression_is_as_it_is_now(world: World) -> None:
    """Inhibition and silences count while they last."""
    await world.post(alert("Latency", "warning"))
    assert [one.inhibited_by for one in await active_alerts(world)] == [None]
    await world.post(alert("BillingDatabaseDown", ends_at=world.now + MINUTE))
    latency, down = await active_alerts(world)
    assert (latency.inhibited_by, down.inhibited_by) == (fingerprint(down.labels), None)
    assert await firing_names(world, inhibited=False) == ["BillingDatabaseDown"]
    assert await firing_names(world, active=False, silenced=False) == ["Latency"]
    world.now += 2 * MINUTE
    assert await firing_names(world, inhibited=False) == ["Latency"]
    silence = await world.engine.silences.put(
        SilenceRequest(named("Latency"), world.now, world.now + HOUR, "ana", "maintenance")
    )
    assert [one.silenced_by for one in await active_alerts(world)] == [(silence.id,)]
    assert await firing_names(world, silenced=False) == []
    await world.engine.silences.expire(silence.id)
    assert await firing_names(world, silenced=False) == ["Latency"]


async def test_many_inhibiting_alerts_are_not_read_for_each_that_comes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E37: while many criticals fire, queries show them a moment late and cost nothing."""
    monkeypatch.setattr(mute_snapshot, "MANY", 2)
    await world.post(alert("Latency", "warning"), alert("Memory", "warning", team="x"))
    downs = [alert("BillingDatabaseDown", pod=str(n)) for n in range(2)]
    await world.post(*downs)
    assert await firing_names(world, active=False) == ["Latency"]
    await world.post(alert("BillingDatabaseDown", team="x"))
    assert await firing_names(world, active=False) == ["Latency"]
    world.now += mute_snapshot.FRESH
    assert await firing_names(world, active=False) == ["Latency", "Memory"]


async def test_each_replica_finds_what_another_stored(world: World) -> None:
    """Promise 11: the index is filled from the database."""
    other = await world.start()
    await world.post(alert("Charges"))
    assert await firing_names(world, matchers=named("Charges", "Latency")) == ["Charges"]
    await world.post(alert("Latency"), to=other)
    assert await firing_names(world, matchers=named("Charges", "Latency")) == ["Charges", "Latency"]
    assert await firing_names(world) == ["Charges", "Latency"]


async def test_caches_of_a_lost_database_are_dropped(world: World) -> None:
    """A restored copy may use the same serials for other alerts."""
    await world.post(alert("Charges"))
    assert await firing_names(world, matchers=named("Charges")) == ["Charges"]
    world.engine._clear_caches()
    assert world.engine.active_alerts._search._state is None
    assert await firing_names(world, matchers=named("Charges")) == ["Charges"]


async def test_receivers_are_those_of_the_routes(world: World) -> None:
    """By name, and only alerts that a requested receiver would be notified about."""
    await world.post(alert("Charges"), alert("Notes", "info"), alert("Other", "none", team="x"))
    assert [one.receivers for one in await active_alerts(world)] == [
        ("billing",),
        ("quiet",),
        ("everyone",),
    ]
    assert await firing_names(world, receiver="quiet".__eq__) == ["Notes"]
    assert await grouped_names(world, receiver="quiet".__eq__) == [(1002, "Notes")]


async def test_an_index_that_may_still_be_filled_is_dropped(world: World) -> None:
    """A search is cancelled while a reader's thread fills the index: it is dropped, and the next
    search finds each alert once."""
    await world.post(*(alert(f"Charges{number}") for number in range(5)))
    search = world.engine.active_alerts._search
    assert len(await firing_names(world, matchers=named("Charges1"))) == 1
    await world.post(alert("Latency"))
    asking = asyncio.ensure_future(search.candidates(named("Latency"), 0.0))
    await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert search._state is None
    assert await firing_names(world, matchers=named("Charges1", "Latency")) == [
        "Charges1",
        "Latency",
    ]


async def test_an_index_of_a_lost_database_does_not_come_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database was lost while the index was built: it is dropped."""
    await world.post(alert("Charges"))
    search = world.engine.active_alerts._search
    take_in = label_search._index

    def lost_meanwhile(*args: Any, **named: Any) -> None:
        search.clear()
        take_in(*args, **named)

    monkeypatch.setattr(label_search, "_index", lost_meanwhile)
    assert await firing_names(world, matchers=named("Charges")) == ["Charges"]
    assert search._state is None
