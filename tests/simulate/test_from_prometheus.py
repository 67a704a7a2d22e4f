"""Episodes from samples: a gap ends one, the end of a day does not."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.simulate.from_prometheus import GAP, STEP, Episodes
from gateway.simulate.recording import RecordingError

METRIC = {"__name__": "ALERTS", "alertstate": "firing", "alertname": "Slow", "team": "billing"}


def answer(*instants: float) -> dict[str, object]:
    values = [[at, "1"] for at in instants]
    return {"status": "success", "data": {"result": [{"metric": METRIC, "values": values}]}}


def test_samples_of_two_days_are_one_episode() -> None:
    """An alert that fires over the end of a query goes on."""
    episodes = Episodes({"cluster": "eu"})
    episodes.add(answer(0.0, 60.0))
    episodes.add(answer(120.0, 180.0))
    (one,) = episodes.all(600.0)
    assert one.labels == {"alertname": "Slow", "team": "billing", "cluster": "eu"}
    assert (one.starts_at, one.ends_at) == (0.0, 240.0)


def test_alert_with_a_sample_at_the_end_still_fires() -> None:
    """It has no end."""
    episodes = Episodes({})
    episodes.add(answer(0.0, 60.0))
    (one,) = episodes.all(60.0)
    assert one.ends_at is None


@given(st.lists(st.integers(0, 400), min_size=1, max_size=60, unique=True).map(sorted))
def test_episodes_cover_each_sample_and_no_gap(steps: list[int]) -> None:
    """Each sample is in one episode, and none holds a gap longer than the one that ends it."""
    episodes = Episodes({})
    instants = [step * STEP for step in steps]
    episodes.add(answer(*instants))
    episodes_in_order = episodes.all(1e9)
    for at in instants:
        assert sum(one.starts_at <= at < (one.ends_at or 0.0) for one in episodes_in_order) == 1
    for one, following in pairwise(episodes_in_order):
        assert following.starts_at - (one.ends_at or 0.0) > GAP - STEP


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"status": "error", "error": "query timed out"}, "Prometheus refuses: query timed out"),
        ({"status": "success", "data": {}}, "not one of Prometheus's API"),
        ([], "not one of Prometheus's API"),
        ({"status": "success", "data": {"result": [{"metric": {}, "values": [["x"]]}]}}, "not one"),
    ],
)
def test_answer_of_something_else_is_refused(body: object, error: str) -> None:
    """Nothing is recorded of what is no answer."""
    with pytest.raises(RecordingError, match=error):
        Episodes({}).add(body)
