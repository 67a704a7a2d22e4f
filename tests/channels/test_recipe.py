"""The recipe docs/add-a-channel.md, followed to the letter in a copy of the gateway."""

import asyncio
import json
import os
import re
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.fakes.server import AnswerError, Fake, Received
from tests.shared_data import CHECKOUT

pytestmark = pytest.mark.process

RECIPE = CHECKOUT / "docs" / "add-a-channel.md"
BLOCK = re.compile(r"^```\w+ (\S+/\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SPECS = re.compile(r"^SPECS = .*\n", re.MULTILINE)
TOKEN = "test-pigeon-token"

ROUTES = """
channels:
  pigeon: {{token: "${{PIGEON_TOKEN}}", api_url: "{url}"}}
people:
  ana: {{name: Ana, pigeon: loft-1}}
escalations:
  birds: [{{notify: ["person:ana"], by: [pigeon], wait: 15m}}]
receivers:
  - name: birds
    pigeon: [{{loft: loft-7}}]
    escalate: birds
route: {{receiver: birds, group_by: [alertname], group_wait: 0s}}
"""

ALERT = {
    "version": "4",
    "status": "firing",
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": "DoubleChargeDetected", "severity": "critical"},
            "annotations": {"summary": "A customer was charged twice"},
            "startsAt": "2026-11-20T04:02:00Z",
            "endsAt": "0001-01-01T00:00:00Z",
        }
    ],
}


class FakePigeonService(Fake):
    """Accepts a loft and a text from clients with the token."""

    name = "pigeon"

    def handle(self, request: Received) -> Any:
        """Check the token and the fields."""
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            raise AnswerError(401, {"error": "wrong token"})
        if not isinstance(request.json, dict) or set(request.json) != {"loft", "text"}:
            raise AnswerError(400, {"error": "a loft and a text are needed"})
        return {}


@pytest.fixture
async def service() -> AsyncIterator[FakePigeonService]:
    """The vendor's API."""
    fake = FakePigeonService()
    await fake.start()
    yield fake
    await fake.stop()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the gateway with the blocks of the recipe in the files that they name."""
    for folder in ("gateway", "templates"):
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(CHECKOUT / folder, tmp_path / folder, ignore=ignore)
    blocks = BLOCK.findall(RECIPE.read_text(encoding="utf-8"))
    assert blocks, "the recipe names no files"
    for name, text in blocks:
        file = tmp_path / name
        if file.exists():
            source, replaced = SPECS.subn(lambda _, text=text: text, file.read_text())
            assert replaced == 1, name
            file.write_text(source, encoding="utf-8")
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    return tmp_path


def environment(copy: Path) -> dict[str, str]:
    """The variables of a command that runs the copy."""
    outside = {k: v for k, v in os.environ.items() if not k.startswith("GATEWAY_")}
    settings = {
        "GATEWAY_LISTEN": "127.0.0.1:0",
        "GATEWAY_CONFIG": str(copy / "routes.yaml"),
        "GATEWAY_DATABASE_URL": f"sqlite:///{copy}/gateway.db",
        "GATEWAY_SECRET_KEY": "test-key-that-signs-links",
        "PIGEON_TOKEN": TOKEN,
    }
    return {**outside, **settings}


async def gateway(copy: Path, *arguments: str) -> str:
    """Run a command of the copy, which must succeed, and return its output."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", *arguments),
        cwd=copy,
        env=environment(copy),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()
    return output.decode()


@asynccontextmanager
async def served(copy: Path) -> AsyncIterator[str]:
    """A running gateway of the copy: its URL."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "gateway", "serve"),
        cwd=copy,
        env=environment(copy),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    try:
        lines = []
        async for line in process.stderr:
            lines.append(line.decode())
            if "The gateway listens on " in lines[-1]:
                break
        listening = re.search(r"The gateway listens on (http\S+)", "".join(lines))
        assert listening, "".join(lines)
        yield listening[1].rstrip(".,")
    finally:
        process.kill()
        await process.wait()


async def test_recipe_followed_to_the_letter_makes_a_channel_that_works_everywhere(
    copy: Path, service: FakePigeonService
) -> None:
    """Check, previews, test messages, delivery and pages know a channel by its spec alone."""
    (copy / "routes.yaml").write_text(ROUTES.format(url=service.url))
    await gateway(copy, "gateway.render.shipped")  # as `make docs` does

    warnings = [
        one for one in (await gateway(copy, "gateway", "check")).split("\n") if "warn" in one
    ]
    assert not any("pigeon" in one for one in warnings)
    preview = await gateway(copy, "gateway", "render", "--channel", "pigeon")
    assert "A customer was charged twice" in preview
    sent = await gateway(copy, "gateway", "send-test", "birds", "--json")
    assert [one["sent"] for one in json.loads(sent)] == [True]
    assert service.accepted[-1].json["loft"] == "loft-7"

    async with served(copy) as url, aiohttp.ClientSession(url) as client:
        async with client.post("/webhook/alertmanager", json=ALERT) as response:
            assert response.status == 200
        await asyncio.wait_for(service.arrived(3), 30)
        messages = {one.json["loft"]: one.json["text"] for one in service.accepted[1:]}
        assert messages.keys() == {"loft-7", "loft-1"}
        assert all("A customer was charged twice" in text for text in messages.values())
        async with client.get("/api/v1/incidents") as response:
            (incident,) = (await response.json())["incidents"]
        number = incident["number"]
        async with client.get(f"/incidents/{number}") as response:
            page = await response.text()
        assert "pigeon post loft-7" in page, "a receiver's target has its label"
        assert "pigeon post" in page.replace("pigeon post loft-7", ""), "so has a person's"
        async with client.get(f"/api/v1/incidents/{number}") as response:
            notices = (await response.json())["notices"]
    assert {notice["name"] for notice in notices} == {"pigeon post loft-7", "pigeon post (ana)"}
