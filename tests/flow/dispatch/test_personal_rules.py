"""Personal notification rules in whole gateways: stored, taken over, and ended."""

from pathlib import Path

import pytest

from gateway.core.actions.table import ActionName
from gateway.core.actor import verified_person
from tests.flow.world import ENV, HOUR, MINUTE, ROUTES, World, alert

PERSONAL_RULES = ROUTES.replace(
    "  ana: {name: Ana, email: ana@example.com, slack: U0ANA}\n",
    """  ana:
    name: Ana
    email: ana@example.com
    slack: U0ANA
    contacts: {pager: {account: pagerduty, routing_key: "${PAGERDUTY_ANA_KEY}"}}
    timezone: Europe/Berlin
    notify:
      urgent: [{by: slack}, {by: email}, {by: pager, after: 5m}]
      other: [{by: email}]
    quiet_hours: {from: "11:00", to: "15:00"}
""",
)
"""Ana has rules of her own, and quiet hours that begin before the story (12:06 in Berlin)."""

ANA = ("slack:U0ANA", "email:ana@example.com", "pagerduty:${PAGERDUTY_ANA_KEY}")


def world_at(folder: Path) -> World:
    """Return a world with Ana's rules on the database of the folder."""
    env = {**ENV, "PAGERDUTY_ANA_KEY": "test-ana-routing-key"}
    return World(f"sqlite:///{folder}/gateway.db", PERSONAL_RULES, env)


def to_ana(world: World) -> list[tuple[float, str, str]]:
    """Return time, channel and reason of the messages to Ana."""
    return [(one.at, one.channel, one.reason) for one in world.delivered if one.to in ANA]


async def test_delayed_contact_is_notified_by_another_replica(tmp_path: Path) -> None:
    """The delay is stored with the incident: a replica that takes over notifies it in time."""
    world = world_at(tmp_path)
    first = await world.start()
    await world.post(alert())
    await world.advance(2 * MINUTE)
    await world.kill(first)
    await world.start()
    await world.advance(10 * MINUTE)
    assert sorted(to_ana(world)) == [
        (0.0, "email", "first"),
        (0.0, "slack", "first"),
        (5 * MINUTE, "pagerduty", "notification rule"),
    ]
    await world.close()


async def test_acknowledgement_ends_the_rules_in_its_transaction(tmp_path: Path) -> None:
    """Acknowledged after 4 minutes: the pager of 5 minutes is never used (E22)."""
    world = world_at(tmp_path)
    await world.start()
    await world.post(alert())
    await world.advance(4 * MINUTE)
    await world.ack(1001, "ben")
    await world.advance(HOUR)
    assert "pagerduty" not in {channel for _, channel, _ in to_ana(world)}
    await world.close()


async def test_reload_applies_new_rules_to_what_is_pending(tmp_path: Path) -> None:
    """A rule that a reload brings forward is used at once, not at the incident's next event."""
    world = world_at(tmp_path)
    await world.start()
    await world.post(alert())
    await world.advance(2 * MINUTE)
    world.routes = PERSONAL_RULES.replace("after: 5m", "after: 1m")
    await world.engine.reload()
    await world.advance(1.0)
    assert to_ana(world)[-1] == (2 * MINUTE, "pagerduty", "notification rule")
    await world.close()


async def test_warning_waits_for_the_end_of_the_quiet_hours(tmp_path: Path) -> None:
    """Until 15:00 in Berlin nothing that is not urgent reaches Ana, and the timeline says why."""
    world = world_at(tmp_path)
    await world.start()
    await world.post(alert(severity="warning"))
    await world.advance(4 * HOUR)
    at, channel, reason = to_ana(world)[0]
    assert (channel, reason) == ("email", "quiet hours ended")
    assert at == pytest.approx(2 * HOUR + 53 * MINUTE + 20, abs=0.01)
    texts = [entry.text for entry in await world.timeline(1001)]
    assert "Ana by email: waits until 2026-11-18 14:00 UTC, because it is not urgent" in texts
    await world.close()


AT_NOON = PERSONAL_RULES.replace('{from: "11:00", to: "15:00"}', '{from: "12:30", to: "15:00"}')
END_OF_QUIET = 2 * HOUR + 53 * MINUTE + 20.0
"""From the start of the story at 12:06:40 in Berlin to 15:00."""


def warned_world(folder: Path) -> World:
    """Return a world in which Ana's quiet hours begin 24 minutes after its start."""
    env = {**ENV, "PAGERDUTY_ANA_KEY": "test-ana-routing-key"}
    return World(f"sqlite:///{folder}/gateway.db", AT_NOON, env)


async def test_end_in_quiet_hours_is_sent_when_they_end(tmp_path: Path) -> None:
    """Ana gets one message with the end in place of an acknowledgement and an end, also after a
    reload and a restart."""
    world = warned_world(tmp_path)
    engine = await world.start()
    await world.post(alert(severity="warning"))
    await world.advance(30 * MINUTE)
    assert [reason for _, _, reason in to_ana(world)] == ["first"]
    await world.ack(1001, "ben")
    await world.advance(MINUTE)
    await world.post(alert(severity="warning", ends_at=world.now))
    await world.advance(10 * MINUTE)
    await world.engine.reload()
    await world.kill(engine)
    await world.start()
    await world.advance(HOUR)
    assert [reason for _, _, reason in to_ana(world)] == ["first"]
    await world.advance(2 * HOUR)
    assert to_ana(world)[1:] == [(END_OF_QUIET, "email", "resolved")]
    await world.close()


async def test_urgent_page_does_not_wait_behind_what_waits(tmp_path: Path) -> None:
    """An acknowledgement waits for the morning; a critical alert of the same group does not."""
    world = warned_world(tmp_path)
    await world.start()
    await world.post(alert(severity="warning"))
    await world.advance(30 * MINUTE)
    await world.ack(1001, "ben")
    await world.advance(MINUTE)
    await world.post(alert(severity="critical", instance="b"))
    await world.advance(MINUTE)
    pages = [one for one in to_ana(world) if one[2] not in ("first", "acknowledged")]
    assert {channel for _, channel, _ in pages} == {"slack", "email"}
    await world.close()


async def test_undone_acknowledgement_does_not_wait_behind_the_acknowledgement(
    tmp_path: Path,
) -> None:
    """It fires again and asks for somebody: what waits for the morning keeps nothing back."""
    world = warned_world(tmp_path)
    await world.start()
    await world.post(alert(severity="warning"))
    await world.advance(30 * MINUTE)
    await world.ack(1001, "ben")
    await world.advance(MINUTE)
    await world.engine.act(1001, ActionName.UNACK, verified_person("ben", "link"))
    await world.advance(MINUTE)
    assert to_ana(world)[1:] == [(31 * MINUTE, "email", "acknowledgement undone")]
    await world.close()
