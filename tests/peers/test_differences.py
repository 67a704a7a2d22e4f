"""The differences that the documentation tells of are real, and are all there is in these cases."""

from pathlib import Path

import pytest

from gateway.core.plan.plan import Repeats
from tests.peers.cases import CASES, LENGTH, Case, Heard
from tests.peers.playing import Bodies, Collector, to_alertmanager, to_the_gateway
from tests.shared_data import real_program

pytestmark = pytest.mark.peer

ATTEMPTS = 4


async def test_each_difference_is_as_documented(tmp_path: Path) -> None:
    """What is heard there and here of the same stories, with the times."""
    real_program("prometheus-alertmanager")
    left = {case.name: case for case in CASES}
    async with Collector() as collector:
        for attempt in range(ATTEMPTS):
            home = tmp_path / f"attempt-{attempt}"
            home.mkdir()
            stories = [case.story(collector.url) for case in left.values()]
            played = await to_alertmanager(home, stories, collector, LENGTH)
            ours = await to_the_gateway(home, played, collector.url, LENGTH, Repeats.EXACT)
            for story in played.on_time():
                case = left.pop(story.name)
                there, here = heard(played.bodies, case), heard(ours, case)
                assert there == about(case.there), f"{case.name}, in Alertmanager"
                assert here == about(case.here), f"{case.name}, in the gateway"
            if not left:
                break
    assert not left, f"the machine is too busy for {', '.join(left)}"


def heard(bodies: Bodies, case: Case) -> Heard:
    """What the receiver of a case was told."""
    return [
        (at, {alert["labels"]["alertname"]: alert["status"] for alert in body["alerts"]})
        for at, body in bodies
        if body["receiver"] == case.name
    ]


def about(wanted: Heard) -> Heard:
    """The same, with times that need not be exact."""
    return [(pytest.approx(at, abs=0.6), shown) for at, shown in wanted]
