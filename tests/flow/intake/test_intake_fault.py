"""A fault of ours over one alert costs no other alert."""

import asyncio
from collections.abc import Sequence

import pytest

from gateway.core.alerts.alert import Alert
from gateway.core.plan.plan import Plan
from gateway.flow.intake import intake
from gateway.flow.intake.grouping import IntakeResult, store_alerts
from gateway.store import Tx
from tests.flow.world import World, alert


async def test_the_others_are_saved(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise 1: the request of the one is not answered 2xx; all others are, and are kept."""

    def fails_over_one(tx: Tx, batch: Sequence[Alert], plan: Plan, now: float) -> IntakeResult:
        if any(one.labels["alertname"] == "Poison" for one in batch):
            raise ZeroDivisionError("a fault of ours")
        return store_alerts(tx, batch, plan, now)

    monkeypatch.setattr(intake, "store_alerts", fails_over_one)
    engine = world.engine
    requests = [
        [alert("One"), alert("Two")],
        [alert("Three"), alert("Poison"), alert("Four")],
        [alert("Five")],
    ]
    tasks = [asyncio.ensure_future(engine.submit("alertmanager", each)) for each in requests]
    await asyncio.sleep(0)
    await engine.intake.commit_waiting()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(answer) for answer in answers] == [type(None), ZeroDivisionError, type(None)]
    messages = await world.advance(1.0)
    names = {d.message.facts["common_labels"]["alertname"] for d in messages}
    assert names == {"One", "Two", "Three", "Four", "Five"}
