"""The fakes as a process: what the multi-process tests and the demo stand on."""

import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from gateway.channels.slack.channel import Slack
from gateway.channels.webhook.channel import Webhook
from gateway.core.incidents.retry import SendError
from gateway.core.plan.accounts import Secret
from gateway.core.plan.plan import Target
from tests.channels.messages import message
from tests.shared_data import CHECKOUT

PATIENCE = 30.0


@pytest.mark.process
async def test_the_fakes_run_as_a_process(tmp_path: Path) -> None:
    """Ports in a file, accepted requests in a log, failures scripted over HTTP, a clean end."""
    ports, log = tmp_path / "ports.json", tmp_path / "accepted.jsonl"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.fakes", "--port-file", str(ports), "--log", str(log)),
        cwd=CHECKOUT,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        ready = await asyncio.wait_for(process.stdout.readline(), PATIENCE)
        assert ready == b"ready\n"
        urls = json.loads(ports.read_text())
        assert set(urls) == {"postmark", "slack", "pagerduty", "webhook"}
        slack = Slack(Secret("test-slack-token"), api_url=f"{urls['slack']}/api/")
        await slack.send(message(), Target("slack", "#billing-alerts"), None)
        await slack.close()
        state = await _control(urls["webhook"], {"script": [{"status": 500}], "reset": True})
        assert state["vendor"] == "webhook"
        hook = Webhook({})
        target = Target("webhook", f"{urls['webhook']}/x")
        with pytest.raises(SendError, match="500"):
            await hook.send(message(), target, None)
        await hook.send(message(), target, None)
        await hook.close()
        refusal = await _control(urls["webhook"], {"script": [{"colour": "red"}]})
        assert "unknown: colour" in refusal["error"]
    finally:
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), PATIENCE) == 0
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [line["vendor"] for line in lines] == ["slack", "webhook"]
    assert "test-slack-token" not in log.read_text()


async def _control(url: str, command: dict[str, Any]) -> Any:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{url}/_control", json=command) as answer,
    ):
        return await answer.json()
