"""The gateway sends what Alertmanager sends, to the same receivers, at the same times."""

import os
from pathlib import Path

import pytest

from tests.peers.comparison import GroupKey, Message, by_group, differences
from tests.peers.playing import Collector, Played, to_alertmanager, to_the_gateway
from tests.peers.stories import LENGTH, story
from tests.shared_data import real_program

pytestmark = pytest.mark.peer

STORIES = int(os.environ.get("GATEWAY_PEER_STORIES", "18"))
SEED = int(os.environ.get("GATEWAY_PEER_SEED", "1"))
ATTEMPTS = 4
"""Plays until every story was played on time; a busy machine needs more than one."""

WITHIN = 1.0


async def test_the_same_stories_lead_to_the_same_notifications(tmp_path: Path) -> None:
    """Generated stories: groups, receivers, order, firing and resolved alerts, and the times."""
    real_program("prometheus-alertmanager")
    theirs: dict[GroupKey, list[Message]] = {}
    ours: dict[GroupKey, list[Message]] = {}
    async with Collector() as collector:
        left = [story(number, SEED, collector.url) for number in range(STORIES)]
        for attempt in range(ATTEMPTS):
            home = tmp_path / f"attempt-{attempt}"
            home.mkdir()
            played = await to_alertmanager(home, left, collector, LENGTH)
            bodies = await to_the_gateway(home, played, collector.url, LENGTH)
            theirs |= of_stories_on_time(played, by_group(played.bodies))
            ours |= of_stories_on_time(played, by_group(bodies))
            left = [one for one in left if one not in played.on_time()]
            if not left:
                break
    assert not left, f"the machine is too busy: {len(left)} stories were never played on time"
    wrong = [
        f"{receiver} {dict(group)}: {line}"
        for receiver, group in sorted(theirs.keys() | ours.keys())
        for line in differences(
            theirs.get((receiver, group), []), ours.get((receiver, group), []), WITHIN, LENGTH
        )
    ]
    messages = sum(map(len, theirs.values()))
    print(f"{STORIES} stories, {len(theirs)} groups, {messages} messages in {attempt + 1} plays")
    assert not wrong, "\n".join(wrong)
    assert messages > 5 * STORIES


def of_stories_on_time(
    played: Played, messages_by_group: dict[GroupKey, list[Message]]
) -> dict[GroupKey, list[Message]]:
    """Return the messages to the receivers of stories that were on time."""
    names = {one["name"] for story in played.on_time() for one in story.receivers}
    return {group: messages for group, messages in messages_by_group.items() if group[0] in names}
