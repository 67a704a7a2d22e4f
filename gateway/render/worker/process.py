"""Starting and ending the render process (see `worker`)."""

import gc
import os
import signal
import socket
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from gateway.render.renderer import Renderer
from gateway.render.worker.limits import WALL_SECONDS
from gateway.render.worker.worker import command, keep

_PASSED_ON = ("LD_LIBRARY_PATH", "PYTHONTZPATH", "TZDIR")
"""Variables that a Python may need to start and to find time zones. All others, among them every
secret, stay out of the process."""


_END_TIMEOUT = WALL_SECONDS + 3.0
"""Seconds for it to end by itself. A worker's own timers end it within WALL_SECONDS."""


class RenderProcess:
    """A running render process. `channel` is the gateway's end of its socket.

    `wait` waits for the process to end, and raises subprocess.TimeoutExpired when it does not.
    """

    def __init__(self, channel: socket.socket, pid: int, wait: Callable[[], object]) -> None:
        self.channel = channel
        self._pid = pid
        self._wait = wait
        self._ended = False

    def end(self) -> None:
        """Close the socket, and wait until keeper and worker are gone. May be repeated.

        Takes a few milliseconds, or until the worker's timers end it. The keeper reaps its worker
        itself: killed together, the worker would stay a zombie where the gateway is process 1.
        """
        self.channel.close()
        if self._ended:
            return
        self._ended = True
        try:
            self._wait()
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End a process at once that does not react."""
        self.channel.close()
        self._ended = True
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._pid, signal.SIGKILL)  # the group: the keeper leads its own session
        with suppress(subprocess.TimeoutExpired):
            self._wait()


def spawn(folders: Sequence[Path], external_url: str) -> RenderProcess:
    """Start a new Python without this process's memory, files or variables.

    May be called from any thread. Raises OSError when no process can be started.
    """
    ours, theirs = socket.socketpair()
    with theirs:
        try:
            child = subprocess.Popen(  # noqa: S603  # our own interpreter and our own code
                command([str(folder.absolute()) for folder in folders], external_url),
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
                start_new_session=True,
            )
        except BaseException:
            ours.close()
            raise
    return RenderProcess(ours, child.pid, partial(child.wait, timeout=_END_TIMEOUT))


def fork(renderer: Renderer) -> RenderProcess:
    """Fork it from this process, for a command: no start of a Python to wait for.

    Only for a process without other threads. Raises OSError when no process can be made.
    """
    ours, theirs = socket.socketpair()
    try:
        pid = os.fork()
    except BaseException:
        ours.close()
        theirs.close()
        raise
    if pid == 0:
        try:
            gc.freeze()  # see keep
            os.setsid()
            ours.close()
            keep(theirs, renderer)
        finally:
            os._exit(0)  # none of the command's own clean-up runs here
    theirs.close()
    return RenderProcess(ours, pid, lambda: os.waitpid(pid, 0))
