"""Posts that are answered in time, although nothing is saved yet."""

import asyncio
import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway.core.plan.accounts import SourceSettings
from gateway.core.plan.source_types import SOURCE_SPECS
from gateway.store import StoreUnavailableError
from tests.web.conftest import Client
from tests.web.world import FakeEngine

BODY = (Path(__file__).parents[2] / "fixtures/ingest/sentry/event_alert_firing.json").read_bytes()
HEADERS = {"Content-Type": "application/json", "Request-ID": "id-1"}


@pytest.fixture
def slow(engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Make the engine wait for an event, and its senders not at all; return the event."""
    saved = asyncio.Event()
    submit = engine.submit

    async def submit_late(*arguments: Any) -> None:
        await saved.wait()
        await submit(*arguments)

    monkeypatch.setattr(engine, "submit", submit_late)
    engine.sources["sentry"] = SourceSettings("sentry", "sentry")
    impatient = replace(SOURCE_SPECS["sentry"], answer_within=0.0)
    specs = {**SOURCE_SPECS, "sentry": impatient}
    monkeypatch.setattr("gateway.web.ingest.post_intake.SOURCE_SPECS", specs)
    return saved


async def test_sender_is_answered_503_in_time_and_the_writing_goes_on(
    client: Client, engine: FakeEngine, slow: asyncio.Event
) -> None:
    """Promise 1: no 2xx before the commit, and what was received is stored all the same."""
    answer = await client.post("/webhook/sentry", data=BODY, headers=HEADERS)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
    assert engine.alerts == []
    slow.set()
    await engine.source_posts.recorded.wait()
    assert len(engine.alerts) == 1
    again = await client.post("/webhook/sentry", data=BODY, headers=HEADERS)
    assert again.status in (200, 503)
    assert len(engine.alerts) == 1


@pytest.mark.parametrize(
    ("failure", "logged"), [(StoreUnavailableError("gone"), False), (RuntimeError("a bug"), True)]
)
async def test_late_failure_is_logged_unless_it_is_expected(
    client: Client,
    engine: FakeEngine,
    slow: asyncio.Event,
    caplog: pytest.LogCaptureFixture,
    failure: Exception,
    *,
    logged: bool,
) -> None:
    """A fault after the answer is not lost: it is in the log."""
    engine.failure = failure
    assert (await client.post("/webhook/sentry", data=BODY, headers=HEADERS)).status == 503
    with caplog.at_level(logging.ERROR):
        slow.set()
        for _ in range(10):
            await asyncio.sleep(0)
    assert any("could not be taken" in one.message for one in caplog.records) == logged
