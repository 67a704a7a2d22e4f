"""The mirror of who is on call: topics and user groups follow the rota, and fail alone."""

from collections.abc import Collection

import pytest

from gateway.core.incidents.retry import Failure, SendError
from gateway.flow.shifts.mirror import COMPARE_EVERY
from tests.flow.world import MINUTE, ROUTES, START, World, alert

HANDOVER = 1_795_420_800.0  # Monday 2026-11-23T08:00:00Z
MIRRORED = (
    ROUTES.replace("members: [ana]", "members: [ana, ben]")
    .replace("email: ben@example.com}", "email: ben@example.com, slack: U0BEN}")
    .replace(
        "    timezone: Europe/Berlin\n",
        "    timezone: Europe/Berlin\n    announce: shown\n    topic: true\n"
        "    usergroup: S0BILLING\n",
    )
    .replace("receivers:\n", 'receivers:\n  - {name: shown, slack: [{channel: "C0BILLING"}]}\n')
)


class Account:
    """What Slack shows, and how often it was changed."""

    def __init__(self) -> None:
        self.topics: list[str] = []
        self.groups: list[tuple[str, ...]] = []
        self.error: SendError | None = None

    async def show_topic(self, channel: str, label: str, people: str) -> bool:
        if self.error is not None:
            raise self.error
        self.topics.append(f"{channel} {label}: {people}")
        return True

    async def show_members(self, group: str, members: Collection[str]) -> bool:
        if self.error is not None:
            raise self.error
        self.groups.append(tuple(members))
        return True


async def mirrored(
    url: str, monkeypatch: pytest.MonkeyPatch, replicas: int = 1
) -> tuple[World, Account]:
    world, account = World(url, MIRRORED), Account()
    for _ in range(replicas):
        engine = await world.start()
        monkeypatch.setattr(engine.mirror, "_account", lambda key: account)
    return world, account


async def run_mirror(world: World, seconds: float) -> None:
    """Let time pass, and each replica compare as its loop does."""
    for _ in range(int(seconds / 15.0)):
        for engine in world.replicas:
            await engine.mirror.check_once()
            await engine.own_alerts.check_once()
        await world.advance(15.0)


async def test_topic_and_group_follow_a_handover(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both show who is on call now, after the handover the next person."""
    world, account = await mirrored(database_url, monkeypatch)
    await run_mirror(world, MINUTE)
    assert (len(account.topics), len(account.groups)) == (1, 1)
    await world.advance(HANDOVER - START)
    await run_mirror(world, MINUTE)
    assert len(account.topics) == 2
    assert set(account.groups) == {("U0ANA",), ("U0BEN",)}
    assert account.topics[-1] != account.topics[0]
    await world.close()


async def test_two_replicas_compare_in_turns(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promise 11: in each round only one replica talks to Slack."""
    world, account = await mirrored(database_url, monkeypatch, replicas=2)
    for engine in world.replicas:
        await engine.mirror.check_once()
    assert len(account.topics) == 1
    await world.close()


async def test_refused_topic_is_an_own_alert_and_stops_no_page(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error is reported once, pages go out, and the alert ends when it is mended."""
    world, account = await mirrored(database_url, monkeypatch)
    account.error = SendError(Failure.MISCONFIGURED, "Slack says not_in_channel")
    await run_mirror(world, 2 * MINUTE)
    reported = [one for one in world.delivered if "GatewayOnCallMirrorFailing" in str(one.message)]
    assert {one.reason for one in reported} == {"first"}
    await world.post(alert())
    assert any(one.kind == "firing" for one in await world.advance(MINUTE))
    account.error = None
    await run_mirror(world, COMPARE_EVERY + 10 * MINUTE)
    resolved = [one for one in world.delivered if one.kind == "resolved"]
    assert any("GatewayOnCallMirrorFailing" in str(one.message) for one in resolved)
    await world.close()
