"""Personal notification rules in whole gateways: stored, taken over, and ended."""

from pathlib import Path

import pytest

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
