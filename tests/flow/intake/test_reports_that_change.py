"""A report that differs a little from the one before must reach the next message."""

from pathlib import Path
from typing import Any

from gateway.channels.support.facts import AlertFacts, alerts
from gateway.store.state import alerts as alerts_of
from tests.flow.world import HOUR, MINUTE, ROUTES, START, Delivered, World, alert

PAGER = "pagerduty:${PAGERDUTY_BILLING_KEY}"


def listed(messages: list[Delivered]) -> list[AlertFacts]:
    """The alerts of the only message that went to PagerDuty."""
    [message] = [one.message for one in messages if one.to == PAGER]
    return list(alerts(message.facts))


async def test_a_new_text_is_in_the_next_message(world: World) -> None:
    """A repeat shows the latest value, also when it is only cached."""
    await world.post(alert(annotations={"summary": "12 double charges"}))
    await world.advance(MINUTE)
    await world.post(alert(annotations={"summary": "950 double charges"}))
    messages = await world.advance(2 * HOUR)
    [shown] = listed([one for one in messages if one.reason == "repeat"])
    assert shown.annotations == {"summary": "950 double charges"}


async def test_a_new_text_is_stored_with_a_later_end(world: World) -> None:
    """Both are only cached and are stored together: neither undoes the other."""
    await world.post(alert(starts_at=START, ends_at=START + 240, annotations={"summary": "12"}))
    await world.advance(100.0)
    await world.post(alert(starts_at=START, ends_at=START + 340, annotations={"summary": "950"}))
    await world.advance(2.0)
    await world.engine.intake.write_extensions(world.now)
    [stored] = await world.engine.store.read(lambda tx: alerts_of.active_page(tx, START, "", 10))
    assert (stored.ends_at, stored.annotations) == (START + 340, {"summary": "950"})


async def test_an_end_that_was_sent_counts_before_one_that_was_inferred(world: World) -> None:
    """As in Alertmanager: an end that is sent counts, also when the inferred one is later."""
    await world.post(alert(starts_at=START, expires=True))
    await world.advance(MINUTE)
    await world.post(alert(starts_at=START, ends_at=world.now + MINUTE, expires=True))
    messages = await world.advance(5 * MINUTE)
    assert [(one.reason, round(one.at)) for one in messages if one.to == PAGER] == [
        ("resolved", 300)
    ]
    [shown] = listed([one for one in messages if one.reason == "resolved"])
    assert shown.ends_at == START + 2 * MINUTE


async def test_a_later_end_and_another_text_of_a_resolved_alert_count(world: World) -> None:
    """As in Alertmanager: of two ends the later one, of two texts the one reported last."""
    report: dict[str, Any] = {"starts_at": START}
    await world.post(alert(**report))
    await world.advance(MINUTE)
    await world.post(alert(**report, ends_at=START + 40))
    await world.post(alert(**report, ends_at=START + 50, annotations={"summary": "it is over"}))
    await world.post(alert(**report, ends_at=START + 45, annotations={"summary": "really over"}))
    [shown] = listed(await world.advance(5 * MINUTE))
    assert (shown.status, shown.ends_at) == ("resolved", START + 50)
    assert shown.annotations == {"summary": "really over"}


async def test_what_is_over_and_reported_without_words_keeps_those_it_had(world: World) -> None:
    """E32: however often the end is repeated so."""
    await world.post(alert(starts_at=START, annotations={"runbook_url": "https://runbooks/1"}))
    await world.advance(MINUTE)
    over = alert(starts_at=START, ends_at=START + 50, annotations={})
    await world.post(over)
    await world.post(over)
    [shown] = listed(await world.advance(5 * MINUTE))
    assert (shown.status, shown.annotations) == ("resolved", {"runbook_url": "https://runbooks/1"})


async def test_who_does_without_ends_reads_of_none(tmp_path: Path) -> None:
    """`send_resolved: false`: new alerts are notified, and those that resolved are omitted."""
    routes = ROUTES.replace(
        '- name: quiet\n    slack: [{channel: "#billing-alerts"}]',
        '- name: quiet\n    slack: [{channel: "#ends"}, {channel: "#none", send_resolved: false}]',
    )
    world = World(f"sqlite:///{tmp_path}/gateway.db", routes)
    await world.start()
    try:
        await world.post(alert("Odd", "info", region="eu"), alert("Odd", "info", region="us"))
        await world.advance(MINUTE)
        await world.post(alert("Odd", "info", region="eu", starts_at=START, ends_at=START + 50))
        await world.post(alert("Odd", "info", region="ap"))
        messages = {one.to: one.message.facts for one in await world.advance(5 * MINUTE)}
        shown = {
            to: [(one.labels["region"], one.status) for one in alerts(facts)]
            for to, facts in messages.items()
        }
    finally:
        await world.close()
    assert shown == {
        "slack:#ends": [("us", "firing"), ("ap", "firing"), ("eu", "resolved")],
        "slack:#none": [("us", "firing"), ("ap", "firing")],
    }


async def test_a_slow_clock_that_gives_no_start_ends_its_alert(world: World) -> None:
    """E35: the resolve counts by its receipt where the start was ours, and promise 14 holds."""
    await world.post(alert())
    await world.advance(2 * MINUTE)
    await world.post(alert(ends_at=START - HOUR))
    [shown] = listed([one for one in await world.advance(5 * MINUTE) if one.reason == "resolved"])
    assert (shown.status, shown.ends_at) == ("resolved", START + 2 * MINUTE)


async def test_a_delayed_end_of_a_former_episode_ends_no_present_one(world: World) -> None:
    """Where the sender gave the start its clock decides, as in Alertmanager's rules."""
    await world.post(alert(starts_at=START))
    await world.advance(2 * MINUTE)
    await world.post(alert(ends_at=START - HOUR))
    messages = await world.advance(5 * MINUTE)
    assert [one for one in messages if one.reason == "resolved"] == []
