"""What the gateway counts about itself."""

import asyncio

from gateway.core.proof.coverage import Coverage
from gateway.flow.runtime import loop_lag
from gateway.metrics import Metrics


def lines(metrics: Metrics, start: str) -> list[str]:
    return [x for x in metrics.exposition().decode().splitlines() if x.startswith(start)]


def test_open_incidents_are_counted_by_declared_severities() -> None:
    """No label takes its value from an alert; what is not declared is counted as other."""
    metrics = Metrics()
    metrics.set_config(["critical"], ["billing"], "0a1b")
    metrics.set_incidents(
        [
            ("billing", "critical", "firing", 2, 40.0),
            ("", "made-up", "firing", 3, 90.0),
            ("removed", "critical", "firing", 4, 90.0),
        ],
        100.0,
    )
    series = 'gateway_incidents{severity="%s",state="firing",team="%s"} %s'
    listed = lines(metrics, "gateway")
    assert series % ("critical", "billing", "2.0") in listed
    assert series % ("other", "", "3.0") in listed
    assert series % ("critical", "other", "4.0") in listed
    assert series % ("critical", "", "0.0") in listed
    assert "removed" not in metrics.exposition().decode()
    assert "made-up" not in metrics.exposition().decode()


def test_the_age_of_the_oldest_unacknowledged_incident_returns_to_0() -> None:
    """The age is 0 and not missing if nothing is unacknowledged, so that an alert can resolve."""
    metrics = Metrics()
    metrics.set_config(["critical"], ["billing"], "0a1b")
    metrics.set_incidents([("", "critical", "firing", 1, 40.0)], 100.0)
    age = 'gateway_incidents_unanswered_seconds{severity="critical",team=""}'
    assert lines(metrics, age) == [f"{age} 60.0"]
    metrics.set_incidents(
        [("", "critical", "acknowledged", 1, 40.0), ("", "critical", "firing", 1, None)], 160
    )
    assert lines(metrics, age) == [f"{age} 0.0"]


def test_a_channel_without_dead_letters_says_0() -> None:
    """An alert on dead letters needs the series before the first one."""
    metrics = Metrics()
    metrics.set_outbox([], ["slack"], 100.0)
    dead = 'gateway_outbox_notices{account="slack",channel="slack",state="dead"}'
    assert lines(metrics, dead) == [f"{dead} 0.0"]


async def test_a_blocked_event_loop_is_measured() -> None:
    """The lag of the event loop is measured while it runs."""
    seen = asyncio.Event()

    class Watched(Metrics):
        def observe_loop_lag(self, seconds: float) -> None:
            super().observe_loop_lag(seconds)
            seen.set()

    metrics = Watched()
    task = asyncio.get_running_loop().create_task(loop_lag.measure_loop_lag(metrics, every=0.0))
    await seen.wait()
    task.cancel()
    count = "gateway_loop_lag_seconds_count"
    assert lines(metrics, count) != [f"{count} 0.0"]


def test_replicas_with_other_files_can_be_told_apart() -> None:
    """After a reload only the active file is exported, so a rule can count the different ones."""
    metrics = Metrics()
    for digest in ("0a1b", "2c3d"):
        metrics.set_config(["critical"], ["billing"], digest)
    lines = metrics.exposition().decode().splitlines()
    assert [line for line in lines if line.startswith("gateway_config_info")] == [
        'gateway_config_info{digest="2c3d"} 1.0'
    ]


def test_coverage_is_reported_for_the_rotas_that_exist() -> None:
    """A rota that was removed leaves no series that fires for ever."""
    metrics = Metrics()
    metrics.set_coverage([Coverage("billing", 2, 0.0), Coverage("platform", 0, 3600.0)])
    metrics.set_coverage([Coverage("platform", 0, 3600.0)])
    text = metrics.exposition().decode()
    assert 'gateway_rota_on_call{rota="platform"} 0.0' in text
    assert 'gateway_rota_uncovered_seconds{rota="platform"} 3600.0' in text
    assert 'rota="billing"' not in text
