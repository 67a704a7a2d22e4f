"""The differences that the documentation tells of are real, and are all there is in these cases."""

from pathlib import Path

import pytest

from gateway.core.plan import Repeats
from tests.peers.cases import CASES, LENGTH, Case, Heard
from tests.peers.playing import Bodies, Collector, to_alertmanager, to_the_gateway
from tests.shared_data import real_program

LATE = 0.2
ATTEMPTS = 3


async def test_each_difference_is_as_documented(tmp_path: Path) -> None:
    """What is heard there and here of the same stories, with the times."""
    real_program("prometheus-alertmanager")
    async with Collector() as collector:
        stories = [case.story(collector.url) for case in CASES]
        for attempt in range(ATTEMPTS):
            home = tmp_path / f"attempt-{attempt}"
            home.mkdir()
            played = await to_alertmanager(home, stories, collector, LENGTH)
            if played.latest < LATE:
                break
        assert played.latest < LATE, f"the machine is too busy: {played.latest:.2f} s late"
        ours = await to_the_gateway(home, played, collector.url, LENGTH, Repeats.EXACT)
    for case in CASES:
        there, here = heard(played.bodies, case), heard(ours, case)
        assert there == about(case.there), f"{case.name}, in Alertmanager"
        assert here == about(case.here), f"{case.name}, in the gateway"


def heard(bodies: Bodies, case: Case) -> Heard:
    """What the receiver of a case was told."""
    return [
        (at, {alert["labels"]["alertname"]: alert["status"] for alert in body["alerts"]})
        for at, body in bodies
        if body["receiver"] == case.name
    ]


def about(wanted: Heard) -> Heard:
    """The same, with times that need not be exact."""
    return [(pytest.approx(at, abs=0.45), shown) for at, shown in wanted]
