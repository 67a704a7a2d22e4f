"""Whoever replaces Alertmanager is told the same, by the same receivers, at the same times."""

import os
from pathlib import Path

from tests.peers.playing import Collector, to_alertmanager, to_the_gateway
from tests.peers.stories import LENGTH, story
from tests.peers.told import by_place, differences
from tests.shared_data import real_program

STORIES = int(os.environ.get("GATEWAY_PEER_STORIES", "18"))
SEED = int(os.environ.get("GATEWAY_PEER_SEED", "1"))
LATE = 0.2
"""Seconds by which an event may come late before it could fall beyond a tick."""

ATTEMPTS = 3
WITHIN = 1.0


async def test_the_same_stories_are_told_alike(tmp_path: Path) -> None:
    """Generated stories: groups, receivers, order, firing and resolved alerts, and the times."""
    real_program("prometheus-alertmanager")
    async with Collector() as collector:
        stories = [story(number, SEED, collector.url) for number in range(STORIES)]
        for attempt in range(ATTEMPTS):
            home = tmp_path / f"attempt-{attempt}"
            home.mkdir()
            played = await to_alertmanager(home, stories, collector, LENGTH)
            if played.latest < LATE:
                break
        assert played.latest < LATE, f"the machine is too busy: {played.latest:.2f} s late"
        bodies = await to_the_gateway(home, played, collector.url, LENGTH)
    ours = by_place(bodies, LENGTH - 0.7)
    theirs = by_place(played.bodies, LENGTH - 0.7)
    wrong = [
        f"{receiver} {dict(group)}: {line}"
        for receiver, group in sorted(theirs.keys() | ours.keys())
        for line in differences(
            theirs.get((receiver, group), []), ours.get((receiver, group), []), WITHIN
        )
    ]
    messages = sum(map(len, theirs.values()))
    print(
        f"{STORIES} stories, {len(played.took)} events, {len(theirs)} groups, {messages} messages"
    )
    assert not wrong, "\n".join(wrong)
    assert messages > 5 * STORIES
