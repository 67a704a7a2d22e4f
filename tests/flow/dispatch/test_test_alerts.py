"""Tests, alerts with test="true": they go where real ones go, say TEST, and count nowhere."""

from collections.abc import AsyncIterator

import pytest

from gateway.core.incidents.incident import State
from gateway.core.incidents.retry import Failure, SendError
from gateway.core.report.selection import Selection
from gateway.flow.queries.report import read_report
from gateway.store.queries import failures, handover, lists, urgent
from gateway.store.queries.urgent import IncidentFilter
from tests.flow.world import HOUR, MINUTE, START, Delivered, World, alert

EVERYTHING = Selection(START - HOUR, START + 48 * HOUR)


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    """Yield a running gateway."""
    world = World(database_url)
    await world.start()
    yield world
    await world.close()


def route_of(delivered: list[Delivered]) -> set[tuple[float, str, str, str]]:
    """Return when, where, as what and why, counted from the first message."""
    first = min(one.at for one in delivered)
    return {(round(one.at - first, 3), one.to, one.kind, one.reason) for one in delivered}


async def test_test_goes_where_the_real_alert_goes_and_says_so_in_each_text(world: World) -> None:
    """The same targets at the same times until its end; each part of each message says TEST."""
    await world.post(alert(test="true"))
    tests = await world.advance(40 * MINUTE)
    await world.post(alert(test="true", ends_at=world.now))
    tests += await world.advance(20 * MINUTE)
    await world.post(alert())
    real = await world.advance(40 * MINUTE)
    await world.post(alert(ends_at=world.now))
    real += await world.advance(20 * MINUTE)
    assert route_of(tests) == route_of(real)
    assert {one.kind for one in tests} >= {"firing", "escalation", "missed", "resolved"}
    for one in tests:
        assert one.message.parts
        for part, text in one.message.parts.items():
            assert "TEST" in text, (one.to, one.kind, part, text)
            assert text.count("TEST:") <= 2, text
    assert not any("TEST" in text for one in real for text in one.message.parts.values())


async def test_real_alert_of_the_group_is_an_incident_of_its_own(world: World) -> None:
    """An acknowledged test hides nothing: the real alert notifies, unmarked."""
    await world.post(alert(test="true"))
    await world.advance(MINUTE)
    await world.ack(1001)
    await world.post(alert(instance="db-2"))
    delivered = await world.advance(MINUTE)
    assert {one.incident for one in delivered if one.kind == "firing"} == {1002}
    assert (await world.incident(1001)).test
    assert not (await world.incident(1002)).test
    assert (await world.incident(1002)).state is State.FIRING


async def test_tests_mute_no_real_alert_and_are_muted_by_none(world: World) -> None:
    """Inhibition works among tests, and among real alerts."""
    await world.post(alert("BillingDatabaseDown", test="true"))
    await world.post(alert("SlowInvoices", "warning"), alert("Late", "warning", test="true"))
    delivered = await world.advance(10 * MINUTE)
    numbers = {one.incident for one in delivered if one.kind == "firing"}
    assert numbers == {1001, 1002}
    assert (await world.incident(1003)).suppressed
    await world.post(alert("BillingDatabaseDown"))
    await world.post(alert("SlowExports", "warning"))
    await world.advance(10 * MINUTE)
    assert (await world.incident(1005)).suppressed


async def test_tests_count_in_no_figure(world: World) -> None:
    """No incident, message, interruption, response or missed one of a report or a metric."""
    before = world.engine.metrics.exposition().decode()
    await world.post(alert(test="true"))
    await world.advance(40 * MINUTE)
    await world.ack(1001, "ben")
    await world.post(alert(test="true", ends_at=world.now))
    await world.advance(20 * MINUTE)
    report = await read_report(
        world.engine.store, world.engine.plan, EVERYTHING, "Europe/Berlin", world.now
    )
    assert report.report.totals.incidents == 0
    assert report.report.totals.messages == 0
    assert {(one.pages, one.interruptions.total) for one in report.report.people} == {(0, 0)}
    assert not report.report.noisiest
    after = world.engine.metrics.exposition().decode()
    for metric in (
        "gateway_missed_responses",
        "gateway_acknowledgement_seconds",
        "gateway_resolution_seconds",
        "gateway_incidents",
    ):
        assert series(after, metric) == series(before, metric), metric


async def test_open_test_is_listed_and_not_counted(world: World) -> None:
    """Lists show it, with its title marked; counts, reports and handovers leave it out."""
    await world.post(alert(test="true"), alert("SlowInvoices", "warning"))
    await world.advance(MINUTE)
    store = world.engine.store
    page = await store.read(lambda tx: urgent.page(tx, IncidentFilter("open")))
    titles = [one.title for one in page.incidents]
    assert titles[0].startswith("TEST: DoubleChargeDetected: ")
    assert "test=" not in titles[0]
    assert titles[1].startswith("SlowInvoices: ")
    for test, count in ((True, 1), (False, 1), (None, 2)):
        chosen = IncidentFilter("open", test=test)
        page = await store.read(lambda tx, chosen=chosen: urgent.page(tx, chosen))
        assert len(page.incidents) == count
    counts = await store.read(lists.open_counts)
    assert [(row[1], row[3]) for row in counts] == [("warning", 1)]
    week = await store.read(lambda tx: handover.counts_since(tx, ["billing"], START - HOUR))
    assert (week.opened, week.open) == (1, 1)


async def test_failed_deliveries_of_tests_are_no_failed_deliveries(world: World) -> None:
    """A drill against a vendor that is down says so itself; reports do not."""
    world.break_channel("slack", lambda: SendError(Failure.BAD_RECIPIENT, "channel_not_found"))
    await world.post(alert(test="true"))
    await world.advance(MINUTE)
    await world.post(alert("SlowInvoices", "warning"))
    await world.advance(10 * MINUTE)
    everything = START - HOUR, START + 48 * HOUR
    failed = await world.engine.store.read(lambda tx: failures.failed_deliveries(tx, *everything))
    assert [(one.target_key, one.notices) for one in failed] == [("slack:#billing-alerts", 1)]
    of_team = await world.engine.store.read(
        lambda tx: failures.failed_deliveries(tx, *everything, "")
    )
    assert of_team == failed


def series(exposition: str, metric: str) -> list[str]:
    """Return the samples of a metric."""
    return [
        line
        for line in exposition.splitlines()
        if line.startswith(metric) and "_created" not in line
    ]
