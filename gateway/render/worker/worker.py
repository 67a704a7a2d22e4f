"""The render process: renders templates that are not the shipped ones.

Two processes. The keeper holds a renderer with the shipped templates compiled. It forks a worker,
waits for its end, reports why, and forks the next one: a few milliseconds instead of a new start.
The worker serves request after request under the limits of `limits`. Both are single-threaded, so
a fork is safe. Both end when the gateway closes its end of the socket, or dies.
"""

import gc
import json
import mmap
import os
import signal
import socket
import struct
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

from gateway.core.plan.plan import Target
from gateway.render.jinja.failure import TemplateRenderError
from gateway.render.renderer import Renderer
from gateway.render.request import RenderRequest
from gateway.render.worker import limits
from gateway.render.worker.wire import Answer, pack_answer, read_request

CLOSED, FAULT, SPENT = 0, 1, 3
"""Exit statuses of a worker: the gateway closed; a fault; memory ran out, and it has said so."""

READY: Answer = {"ready": True}

_NAME_BYTES = 512
_HEAD = struct.Struct("=dH")


class Progress:
    """What the worker is doing, in memory that the keeper can still read when it has ended."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _HEAD.size + _NAME_BYTES)
        self._began = 0.0

    def begin(self) -> None:
        """Begin a request."""
        self._began = limits.cpu_seconds()
        self.note("")

    def note(self, name: str) -> None:
        """Store the name of the template in progress; a longer one is cut."""
        text = name.encode("utf-8", "replace")[:_NAME_BYTES]
        end = _HEAD.size + len(text)
        self._memory[:end] = _HEAD.pack(self._began, len(text)) + text

    def read(self) -> tuple[str, float]:
        """Return the name, and the worker's processor seconds at the beginning."""
        began, length = _HEAD.unpack(self._memory[: _HEAD.size])
        name = self._memory[_HEAD.size : _HEAD.size + length]
        return name.decode("utf-8", "replace"), began


def keep(channel: socket.socket, renderer: Renderer) -> None:
    """Keep a worker running on `channel` until the gateway closes it. Forks."""
    # First: a forked child must not finalise the command's objects. The collector skips frozen
    # ones, so their pages also stay shared with the worker.
    gc.freeze()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # a stop ends us by closing, when all is sent
    progress = Progress()
    while True:
        child = os.fork()
        if child == 0:
            status = FAULT
            try:
                status = _work(channel, renderer, progress)
            finally:
                os._exit(status)
        _, status, usage = os.wait4(child, 0)
        if os.WIFEXITED(status) and os.WEXITSTATUS(status) == CLOSED:
            return
        if os.WIFEXITED(status) and os.WEXITSTATUS(status) == SPENT:
            continue
        name, began = progress.read()
        guilty = usage.ru_utime + usage.ru_stime - began >= limits.GUILTY_CPU_SECONDS
        answer = {"stopped": limits.cause_of_death(status), "name": name, "guilty": guilty}
        try:
            channel.sendall(pack_answer(answer))
        except OSError:
            return


def _work(channel: socket.socket, renderer: Renderer, progress: Progress) -> int:
    limits.confine()
    while True:
        request = read_request(channel)
        if request is None:
            return CLOSED
        progress.begin()
        limits.start_timers()
        answer, spent = _answer(renderer, progress, request)
        limits.stop_timers()
        try:
            channel.sendall(pack_answer(answer))
        except OSError:
            return CLOSED
        if spent:
            return SPENT


def _answer(
    renderer: Renderer, progress: Progress, request: tuple[Any, ...]
) -> tuple[Answer, bool]:
    """Return the answer, and whether memory ran out meanwhile."""
    task, stopped, *details = request
    renderer.on_template_start = _beginning(progress, stopped)
    if task == "check":
        from gateway.render.template_problems import check_item  # only a check pays for its import

        return check_item(renderer, *details).to_json(), False
    facts, (channel, address, person, account), *others = details
    target = Target(channel, address, person=person, account=account)
    outcome = renderer.render_parts(RenderRequest(0, facts, target, *others))
    if isinstance(outcome, TemplateRenderError):
        answer = {"failed": [outcome.template, outcome.line, outcome.problem]}
        return answer, isinstance(outcome.__cause__, MemoryError)
    return {"parts": dict(outcome)}, False


def _beginning(progress: Progress, stopped: Collection[tuple[str, str]]) -> Any:
    problems = dict(stopped)

    def on_template_start(name: str) -> None:
        if name in problems:
            raise TemplateRenderError(name, None, problems[name])
        progress.note(name)

    return on_template_start


def main(folders: list[str], external_url: str) -> None:
    """Run the keeper on file descriptor 0, for templates in `folders`."""
    channel = socket.socket(fileno=0)
    renderer = Renderer([Path(folder) for folder in folders], external_url)
    renderer.compile_shipped()
    gc.collect()
    channel.sendall(pack_answer(READY))
    keep(channel, renderer)


BOOT = (
    "import json, sys; path, folders, url = json.loads(sys.argv[1]); sys.path[:] = path; "
    "from gateway.render.worker.worker import main; main(folders, url)"
)


def command(folders: list[str], external_url: str) -> list[str]:
    """Return the command that starts the keeper in a new, isolated Python."""
    path = [os.path.abspath(entry) for entry in sys.path]
    return [sys.executable, "-I", "-c", BOOT, json.dumps([path, folders, external_url])]
