"""The documented differences from Alertmanager are real, and the only ones in these cases."""

from pathlib import Path

import pytest

from gateway.core.plan.plan import Repeats
from tests.peers.cases import CASES, LENGTH, Case, Expected
from tests.peers.playing import Bodies, Collector, to_alertmanager, to_the_gateway
from tests.shared_data import real_program

pytestmark = pytest.mark.peer

ATTEMPTS = 4


async def test_each_difference_is_as_documented(tmp_path: Path) -> None:
    """The same stories lead to the stated notifications there and here, at the stated times."""
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
                there, here = notifications(played.bodies, case), notifications(ours, case)
                assert there == about(case.there), f"{case.name}, in Alertmanager"
                assert here == about(case.here), f"{case.name}, in the gateway"
            if not left:
                break
    assert not left, f"the machine is too busy for {', '.join(left)}"


def notifications(bodies: Bodies, case: Case) -> Expected:
    """Return the notifications of a case's receiver."""
    return [
        (at, {alert["labels"]["alertname"]: alert["status"] for alert in body["alerts"]})
        for at, body in bodies
        if body["receiver"] == case.name
    ]


def about(expected: Expected) -> Expected:
    """Return the same with a tolerance for times."""
    return [(pytest.approx(at, abs=0.6), shown) for at, shown in expected]
