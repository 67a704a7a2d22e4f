"""Episodes of alerts: each firing is recorded, although the alert's row is overwritten."""

from gateway.core.alerts.episode import Episode, EpisodeState
from gateway.core.alerts.labels import identity
from gateway.store.state import episodes
from tests.flow.world import HOUR, MINUTE, START, World, alert

NAME = "PaymentFailures"


async def recorded(world: World, name: str = NAME) -> list[Episode]:
    """Return the recorded episodes of an alert, oldest first."""
    key = identity(alert(name, "warning").labels)
    rows = await world.engine.store.read(lambda tx: episodes.of_alerts(tx, [key], 0.0, 2e9, 100))
    return rows[::-1]


async def fire(world: World, starts_at: float, ends_at: float | None = None) -> None:
    await world.post(alert(NAME, "warning", starts_at=starts_at, ends_at=ends_at))


async def test_first_firing_and_its_end_record_nothing(world: World) -> None:
    """The latest episode is the alert itself, so a new alert costs no more than before."""
    await fire(world, START)
    await world.advance(MINUTE)
    await fire(world, START, ends_at=START + MINUTE)
    assert await recorded(world) == []


async def test_alert_that_fires_again_records_the_episode_before(world: World) -> None:
    """Start, end, severity and source of each earlier firing are kept."""
    for round_ in range(3):
        starts_at = START + round_ * HOUR
        world.now = starts_at + 1.0
        await fire(world, starts_at)
        world.now = starts_at + 10 * MINUTE
        await fire(world, starts_at, ends_at=world.now)
    assert [
        (one.starts_at - START, one.ends_at, one.state, one.severity, one.source)
        for one in await recorded(world)
    ] == [
        (0.0, START + 10 * MINUTE, EpisodeState.RESOLVED, "warning", "alertmanager"),
        (HOUR, START + HOUR + 10 * MINUTE, EpisodeState.RESOLVED, "warning", "alertmanager"),
    ]


async def test_episode_that_timed_out_says_so(world: World) -> None:
    """An end that was inferred, because the source stopped to report it, is told apart."""
    await world.post(alert(NAME, "warning", starts_at=START, expires=True), source="prometheus")
    await world.advance(HOUR)
    await world.post(alert(NAME, "warning", starts_at=world.now), source="prometheus")
    [episode] = await recorded(world)
    assert episode.state is EpisodeState.TIMED_OUT
    assert episode.source == "prometheus"
    assert episode.ends_at is not None
    assert START < episode.ends_at < world.now


async def test_two_firings_in_one_post_are_both_recorded(world: World) -> None:
    """A batch that holds an end and the next firings leaves no episode out."""
    await world.post(
        alert(NAME, "warning", starts_at=START - HOUR),
        alert(NAME, "warning", starts_at=START - HOUR, ends_at=START - 50 * MINUTE),
        alert(NAME, "warning", starts_at=START - 40 * MINUTE, ends_at=START - 30 * MINUTE),
        alert(NAME, "warning", starts_at=START - MINUTE),
    )
    assert [(one.starts_at, one.ends_at) for one in await recorded(world)] == [
        (START - HOUR, START - 50 * MINUTE),
        (START - 40 * MINUTE, START - 30 * MINUTE),
    ]


async def test_report_with_an_earlier_start_is_the_same_episode(world: World) -> None:
    """Another reporter saw the alert earlier: the start moves back, and nothing ended."""
    await fire(world, START - MINUTE)
    await world.advance(MINUTE)
    await fire(world, START - HOUR)
    await world.advance(MINUTE)
    await fire(world, START - 30 * MINUTE)
    assert await recorded(world) == []
