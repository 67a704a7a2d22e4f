"""Whoever asks what burns is told what dispatch would say, however the alerts came and went."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from gateway.core.alerts.labels import fingerprint
from gateway.core.matching.matcher import Matcher
from gateway.flow.queries import label_search, mute_snapshot
from gateway.flow.queries.active_alerts import PAGE, ActiveAlert, AlertFilter, GroupedAlert
from tests.flow.world import HOUR, MINUTE, World, alert


async def burning(world: World, **asked: object) -> list[str]:
    """The names of the alerts that burn."""
    return [str(seen.labels["alertname"]) for seen in await look(world, **asked)]


async def look(world: World, **asked: object) -> list[ActiveAlert]:
    found: list[ActiveAlert] = []

    def write(page: Sequence[ActiveAlert]) -> bytes:
        found.extend(page)
        return b""

    async for _ in world.engine.active_alerts.alerts(AlertFilter(**asked), write):  # type: ignore[arg-type]
        pass
    return found


async def placed(world: World, **asked: object) -> list[tuple[int, str]]:
    """Pairs of incident and alert, in the order of the groups."""
    found: list[GroupedAlert] = []

    def write(page: Sequence[GroupedAlert]) -> bytes:
        found.extend(page)
        return b""

    async for _ in world.engine.active_alerts.groups(AlertFilter(**asked), write):  # type: ignore[arg-type]
        pass
    return [(one.group.number, str(one.alert.labels["alertname"])) for one in found]


def named(*names: str) -> tuple[Matcher, ...]:
    return (Matcher("alertname", "=~", "|".join(names)),)


async def test_what_ended_is_not_there(world: World) -> None:
    """An end that was posted and one that passed both count; what fires again is back."""
    await world.post(alert("Charges"), alert("Latency", ends_at=world.now + MINUTE))
    assert await burning(world) == ["Charges", "Latency"]
    world.now += 2 * MINUTE
    assert await burning(world) == ["Charges"]
    assert await burning(world, matchers=named("Latency", "Charges")) == ["Charges"]
    await world.post(alert("Charges", ends_at=world.now))
    assert await burning(world) == []
    await world.post(alert("Latency", starts_at=world.now))
    assert await burning(world) == ["Latency"]
    assert await burning(world, matchers=named("Latency")) == ["Latency"]


async def test_a_later_end_that_is_only_remembered_counts(world: World) -> None:
    """E1: Prometheus' re-posts touch the memory only, and are seen all the same."""
    await world.post(alert("Charges", ends_at=world.now + 4 * MINUTE))
    later = world.now + 6 * MINUTE
    await world.post(alert("Charges", starts_at=world.now, ends_at=later))
    world.now += 5 * MINUTE
    assert [seen.ends_at for seen in await look(world)] == [later]
    assert [seen.ends_at for seen in await look(world, matchers=named("Charges"))] == [later]
    world.now += 2 * MINUTE
    assert await burning(world) == []


async def test_after_a_start_nothing_rises_from_the_dead(world: World) -> None:
    """What had ended stays ended; what went on when the process stopped still burns."""
    await world.post(alert("Charges", ends_at=world.now + MINUTE))
    await world.advance(7 * MINUTE)
    assert not (await world.incident()).open
    await world.post(alert("Latency", ends_at=world.now + 4 * MINUTE))
    world.now += 5 * MINUTE
    await world.kill(world.engine)
    await world.start()
    assert await burning(world) == ["Latency"]
    assert await burning(world, matchers=named("Charges", "Latency")) == ["Latency"]


async def test_the_search_learns_of_what_is_new(world: World) -> None:
    """The index is built once; new alerts, and old ones that burn anew, come to it."""
    await world.post(alert("Charges"))
    assert await burning(world, matchers=named("Charges", "Latency")) == ["Charges"]
    await world.post(alert("Latency"), alert("Memory"))
    assert await burning(world, matchers=named("Charges", "Latency")) == ["Charges", "Latency"]
    assert await burning(world, matchers=(Matcher("alertname", "!=", "Memory"),)) == [
        "Charges",
        "Latency",
    ]


async def test_the_index_is_made_anew_when_most_of_it_ended(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E37: after a day of storms it holds what burns, not what burned."""
    monkeypatch.setattr(label_search, "SPARE", 5)
    search = world.engine.active_alerts._search
    for number in range(20):
        await world.post(alert(f"Charges{number}", ends_at=world.now + MINUTE))
        assert await burning(world, matchers=named(f"Charges{number}")) == [f"Charges{number}"]
        world.now += HOUR
    assert search._state is not None
    assert len(search._state.index) <= 8


async def test_a_long_list_comes_in_pages(world: World) -> None:
    """E37: more alerts than a page holds, each once and in order, by label and by group."""
    names = [f"Charges{number:04d}" for number in range(2 * PAGE + 1)]
    await world.post(*(alert(name) for name in names))
    assert await burning(world) == names
    assert await burning(world, matchers=(Matcher("team", "=", "billing"),)) == names
    expected = [(1001 + place, name) for place, name in enumerate(names)]
    assert await placed(world) == expected
    assert await placed(world, matchers=(Matcher("team", "=", "billing"),)) == expected


async def test_a_large_group_stays_together(tmp_path: Path) -> None:
    """One group of several pages between two small ones."""
    routes = "route: {receiver: all, group_by: [team]}\nreceivers: [{name: all}]\n"
    world = World(f"sqlite:///{tmp_path}/gateway.db", routes)
    await world.start()
    some = [alert(f"Charges{number:04d}", team="b") for number in range(PAGE + 9)]
    await world.post(alert("First", team="c"), *some, alert("Last", team="a"))
    found = await placed(world)
    assert [name for _, name in found] == [
        "Last",
        *(one.labels["alertname"] for one in some),
        "First",
    ]
    assert await placed(world, matchers=named("Last", "Charges0003")) == [
        (found[0][0], "Last"),
        (found[1][0], "Charges0003"),
    ]
    await world.close()


async def test_an_acknowledged_incident_burns(world: World) -> None:
    """Acknowledging is ours; to Alertmanager's clients such an alert is active."""
    await world.post(alert("Charges"))
    await world.advance(MINUTE)
    await world.ack(1001)
    assert await burning(world, silenced=False, inhibited=False) == ["Charges"]
    assert await burning(world, active=False) == []
    assert await placed(world) == [(1001, "Charges")]


async def test_what_keeps_an_alert_quiet_is_followed(world: World) -> None:
    """Inhibition and silences as they are now, and gone when they are."""
    await world.post(alert("Latency", "warning"))
    assert [seen.inhibited_by for seen in await look(world)] == [None]
    await world.post(alert("BillingDatabaseDown", ends_at=world.now + MINUTE))
    latency, down = await look(world)
    assert (latency.inhibited_by, down.inhibited_by) == (fingerprint(down.labels), None)
    assert await burning(world, inhibited=False) == ["BillingDatabaseDown"]
    assert await burning(world, active=False, silenced=False) == ["Latency"]
    world.now += 2 * MINUTE
    assert await burning(world, inhibited=False) == ["Latency"]
    silence = await world.engine.silences.put(
        named("Latency"), world.now, world.now + HOUR, "ana", "maintenance"
    )
    assert [seen.silenced_by for seen in await look(world)] == [(silence.id,)]
    assert await burning(world, silenced=False) == []
    await world.engine.silences.expire(silence.id)
    assert await burning(world, silenced=False) == ["Latency"]


async def test_many_inhibiting_alerts_are_not_read_for_each_that_comes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E37: while criticals pour in, those who look see them a moment late and cost nothing."""
    monkeypatch.setattr(mute_snapshot, "MANY", 2)
    await world.post(alert("Latency", "warning"), alert("Memory", "warning", team="x"))
    downs = [alert("BillingDatabaseDown", pod=str(n)) for n in range(2)]
    await world.post(*downs)
    assert await burning(world, active=False) == ["Latency"]
    await world.post(alert("BillingDatabaseDown", team="x"))
    assert await burning(world, active=False) == ["Latency"]
    world.now += mute_snapshot.FRESH
    assert await burning(world, active=False) == ["Latency", "Memory"]


async def test_each_replica_finds_what_the_other_took_in(world: World) -> None:
    """Promise 11: the index learns from the database, whoever wrote it."""
    other = await world.start()
    await world.post(alert("Charges"))
    assert await burning(world, matchers=named("Charges", "Latency")) == ["Charges"]
    await world.post(alert("Latency"), to=other)
    assert await burning(world, matchers=named("Charges", "Latency")) == ["Charges", "Latency"]
    assert await burning(world) == ["Charges", "Latency"]


async def test_what_was_remembered_of_a_lost_database_is_forgotten(world: World) -> None:
    """An older copy may have been put back, where serials name other alerts."""
    await world.post(alert("Charges"))
    assert await burning(world, matchers=named("Charges")) == ["Charges"]
    world.engine._clear_caches()
    assert world.engine.active_alerts._search._state is None
    assert await burning(world, matchers=named("Charges")) == ["Charges"]


async def test_receivers_are_those_of_the_routes(world: World) -> None:
    """By name, and only alerts that somebody meant would hear of."""
    await world.post(alert("Charges"), alert("Notes", "info"), alert("Other", "none", team="x"))
    assert [seen.receivers for seen in await look(world)] == [
        ("billing",),
        ("quiet",),
        ("everyone",),
    ]
    assert await burning(world, receiver="quiet".__eq__) == ["Notes"]
    assert await placed(world, receiver="quiet".__eq__) == [(1002, "Notes")]


async def test_an_index_that_may_still_be_filled_is_given_up(world: World) -> None:
    """Whoever searches is cancelled while a reader's thread fills the index: nobody else goes on
    with it, and the next search finds each alert once."""
    await world.post(*(alert(f"Charges{number}") for number in range(5)))
    search = world.engine.active_alerts._search
    assert len(await burning(world, matchers=named("Charges1"))) == 1
    await world.post(alert("Latency"))
    asking = asyncio.ensure_future(search.candidates(named("Latency"), 0.0))
    await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert search._state is None
    assert await burning(world, matchers=named("Charges1", "Latency")) == ["Charges1", "Latency"]


async def test_an_index_of_a_lost_database_does_not_come_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database was lost while the index was built: what it was built of is not kept."""
    await world.post(alert("Charges"))
    search = world.engine.active_alerts._search
    take_in = label_search._index

    def lost_meanwhile(*args: Any, **named: Any) -> None:
        search.clear()
        take_in(*args, **named)

    monkeypatch.setattr(label_search, "_index", lost_meanwhile)
    assert await burning(world, matchers=named("Charges")) == ["Charges"]
    assert search._state is None
