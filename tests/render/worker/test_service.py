"""The server's words: own templates in a render process, which delays and hurts nobody else."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from gateway.core.incidents.message import Message
from gateway.render.samples import GATEWAY, sample
from gateway.render.service import RenderService
from gateway.render.worker import request_queue
from gateway.shipped import shipped_templates
from tests.render.hostile_templates import ENDLESS
from tests.render.rendering import children, message_of, request_of

pytestmark = pytest.mark.process

ENDLESS_CONSOLE = {"console/text.j2": ENDLESS["nested lists printed"]}


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait longer than in earnest: these tests run on busy machines."""
    monkeypatch.setattr(request_queue, "MAX_WAIT", 60.0)
    monkeypatch.setattr(request_queue, "MAX_START_WAIT", 60.0)
    monkeypatch.setattr(request_queue, "_START_TIMEOUT", 60.0)


@asynccontextmanager
async def service_with(folder: Path, files: dict[str, str]) -> AsyncIterator[RenderService]:
    """A started service with an admin's folder in which these files stand."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    service = RenderService([folder], GATEWAY)
    await service.start()
    try:
        yield service
    finally:
        await service.close()


async def render_sample(service: RenderService, channel: str, rank: int = 1) -> Message:
    """One sample in words for one channel."""
    return await service.render(request_of(sample(), channel), rank=rank)


async def test_the_process_says_what_the_renderer_says(tmp_path: Path) -> None:
    """The process and the renderer give the same text for shipped templates."""
    async with service_with(tmp_path, {"console/text.j2": "mine: {{ name }}"}) as service:
        assert (await render_sample(service, "console")).parts[
            "text"
        ] == "mine: DoubleChargeDetected\n"
        for channel in ("email", "slack", "pagerduty"):
            assert await render_sample(service, channel) == message_of(sample(), channel)


async def test_an_endless_template_does_not_hold_the_event_loop(tmp_path: Path) -> None:
    """Promises 7 and 13: other work goes on while a template is stopped, and its notice leaves."""
    async with service_with(tmp_path, ENDLESS_CONSOLE) as service:
        waiting = asyncio.ensure_future(render_sample(service, "console"))
        turns = 0
        while not waiting.done():
            await asyncio.sleep(0)
            turns += 1
        message = await waiting
        assert turns > 100
        assert "A customer was charged twice" in message.parts["text"]
        assert message.failed_template is not None
        # A message behind it is rendered, and the hostile one is not tried again.
        assert (await render_sample(service, "email")).failed_template is None


async def test_the_most_urgent_goes_first(tmp_path: Path) -> None:
    """Promise 9: when several messages wait for the process, a critical one is rendered first."""
    async with service_with(tmp_path, {"console/text.j2": "x"}) as service:
        order: list[int] = []

        async def fill_in(rank: int) -> None:
            await render_sample(service, "console", rank)
            order.append(rank)

        await asyncio.gather(*(fill_in(rank) for rank in (3, 2, 1)))
        assert order == [1, 2, 3]


async def test_the_process_knows_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise 10: the process that runs templates has none of the gateway's variables or files."""
    monkeypatch.setenv("POSTMARK_TOKEN", "test-postmark-token")
    before = children()
    async with service_with(tmp_path, {"console/text.j2": "x"}):
        (pid,) = children() - before
        environment, files = seen_in(pid)
        assert b"test-postmark-token" not in environment
        assert files == {"0", "1", "2"}


async def test_closing_leaves_no_process(tmp_path: Path) -> None:
    """A reload or a stop leaves neither a running process nor a zombie, busy or not."""
    before = children()
    async with service_with(tmp_path, ENDLESS_CONSOLE) as service:
        await render_sample(service, "email")  # the worker is there by now
        busy = asyncio.ensure_future(render_sample(service, "console"))
        await asyncio.sleep(0)
        (keeper,) = children() - before
        (worker,) = children(keeper)
    busy.cancel()
    assert children() == before
    assert not running(worker)


async def test_a_lost_process_is_replaced(tmp_path: Path) -> None:
    """Promise 7: when the process is killed from outside, the next message has its words."""
    before = children()
    async with service_with(tmp_path, {"console/text.j2": "mine"}) as service:
        (keeper,) = children() - before
        os.killpg(keeper, 9)
        assert "charged twice" in (await render_sample(service, "console")).parts["text"]
        assert (await render_sample(service, "console")).parts["text"] == "mine\n"


async def test_a_process_that_does_not_start_costs_no_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promise 7: without a process plain text is sent at once, and health says why."""
    monkeypatch.setattr(sys, "executable", "/no/python")
    async with service_with(tmp_path, {"console/text.j2": "mine"}) as service:
        message = await render_sample(service, "console")
        assert "charged twice" in message.parts["text"]
        assert "does not start" in message.parts["text"]
        assert "does not start" in service.problem


async def test_a_message_does_not_wait_for_a_silent_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promise 9: a process that was suspended delays no message beyond the patience."""
    monkeypatch.setattr(request_queue, "MAX_WAIT", 0.05)
    monkeypatch.setattr(request_queue, "_RESPONSE_TIMEOUT", 0.2)
    before = children()
    async with service_with(tmp_path, {"console/text.j2": "mine"}) as service:
        (keeper,) = children() - before
        os.killpg(keeper, 19)
        message = await render_sample(service, "console")
        assert "not rendered within" in message.parts["text"]
        monkeypatch.setattr(request_queue, "MAX_WAIT", 60.0)
        assert (await render_sample(service, "console")).parts["text"] == "mine\n"


async def test_without_own_templates_there_is_no_process(tmp_path: Path) -> None:
    """The shipped templates cost no process and no memory for one."""
    before = children()
    async with service_with(tmp_path, {}) as service:
        assert (await render_sample(service, "email")).failed_template is None
        assert children() == before


async def test_an_edited_shipped_template_runs_in_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promise 7: in a checkout the shipped folder can be edited; then it is no longer trusted."""
    for file in shipped_templates().rglob("*.j2"):
        copy = tmp_path / file.relative_to(shipped_templates())
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes(file.read_bytes())
    monkeypatch.setattr("gateway.render.jinja.lookup.shipped_templates", lambda: tmp_path)
    assert RenderService([], GATEWAY)._own is None
    (tmp_path / "console" / "text.j2").write_text("edited")
    assert RenderService([], GATEWAY)._own is not None


GATEWAY_THAT_DIES = """
import asyncio, os, sys
from pathlib import Path
from gateway.render.service import RenderService
async def main():
    service = RenderService([Path(sys.argv[1])], "")
    await service.start()
    lists = [file.read_text() for file in Path("/proc/self/task").glob("*/children")]
    (keeper,) = "".join(lists).split()
    worker = ""
    while not worker:
        worker = Path(f"/proc/{keeper}/task/{keeper}/children").read_text()
    print(keeper, worker, flush=True)
    os.kill(os.getpid(), 9)
asyncio.run(main())
"""


def test_the_process_ends_with_the_gateway(tmp_path: Path) -> None:
    """When the gateway is killed, keeper and worker end by themselves."""
    (tmp_path / "console").mkdir()
    (tmp_path / "console" / "text.j2").write_text("mine")
    died = subprocess.run(
        [sys.executable, "-c", GATEWAY_THAT_DIES, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    pids = died.stdout.split()
    assert len(pids) == 2
    while any(running(pid) for pid in pids):
        pass  # the limits of the worker end this


def seen_in(pid: int) -> tuple[bytes, set[str]]:
    """The variables and the open file descriptors of a process."""
    proc = Path(f"/proc/{pid}")
    return (proc / "environ").read_bytes(), {file.name for file in (proc / "fd").iterdir()}


def running(pid: str | int) -> bool:
    """Whether a process of that number runs our worker; a zombie does not."""
    try:
        return b"gateway.render.worker.worker" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
