"""Alerts that are over and put aside: decisions are as if they were carried along."""

from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core.recorded.history import RecordedAlert
from gateway.simulate import roster
from gateway.simulate.player import Player
from gateway.simulate.recording import Recording
from tests.flow.world import DAY, HOUR, START
from tests.simulate.test_difference import NAMES, plan_of

ROUTES = """
channels: {slack: {token: "${SLACK_TOKEN}", signing_secret: "${SLACK_SIGNING_SECRET}"}}
severities:
  critical: {rank: 1, group_wait: 0s, repeat_interval: 2h}
  warning: {rank: 2, repeat_interval: 4h}
  info: {rank: 3, repeat_interval: 12h}
receivers: [{name: all, slack: [{channel: "#alerts"}]}]
route: {receiver: all, group_by: [team]}
"""
EPISODES = st.lists(
    st.builds(
        lambda name, instance, at, lasts: RecordedAlert(
            {"alertname": name, "severity": NAMES[name], "team": "billing", "instance": instance},
            START + at,
            START + at + lasts,
        ),
        st.sampled_from(sorted(NAMES)),
        st.sampled_from(["db-1", "db-2", "db-3"]),
        st.floats(0, 6 * HOUR),
        st.floats(60, 3 * HOUR),
    ),
    min_size=4,
    max_size=25,
)


def sent(recording: Recording, keep: int) -> list[tuple[float, str, str, int]]:
    with patch.object(roster, "KEEP", keep):
        player = Player(plan_of(ROUTES), recording)
        return [
            (one.at, one.notice.kind, one.notice.reason, one.notice.rank) for one in player.play()
        ]


@settings(deadline=None)
@given(EPISODES)
def test_putting_aside_changes_nothing_that_is_sent(alerts: list[RecordedAlert]) -> None:
    """A group with all alerts of a team is decided alike with and without those that are over."""
    recording = Recording(START, START + DAY, alerts)
    assert sent(recording, 1) == sent(recording, 10**9)
