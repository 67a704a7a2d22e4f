"""Processes of Python that begin where all modules are imported.

Importing takes a second of processor time, and hundreds of tests start a gateway or the fake
vendors. Python's fork server imports the modules once. Each program is then a process of its own,
with its own session, environment and files, which signals reach like any other. The first start,
the whole chain, the demo and the benchmarks run the installed program.
"""

import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

MODULES = (
    "gateway.app",
    "gateway.cli.serve",
    "gateway.store.schema.upgrade",
    "psycopg",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.sqlite",
    "tests.fakes",
    "uvloop",
)
"""What the fork server imports: modules without threads, open files or the time of their import."""

Main = Callable[[list[str]], None]
"""A program: a function of a module, called with the command line's arguments."""

_server = multiprocessing.get_context("forkserver")
_server.set_forkserver_preload([*MODULES])


def gateway_main(arguments: list[str]) -> None:
    """Run `gateway ARGUMENTS`."""
    from gateway.cli import main

    main(arguments, prog_name="gateway")


def gateway_without_warnings(arguments: list[str]) -> None:
    """Run `gateway ARGUMENTS`; a warning is an error, as with `python -W error`."""
    warnings.simplefilter("error")
    gateway_main(arguments)


def fakes_main(arguments: list[str]) -> None:
    """Run `python -m tests.fakes ARGUMENTS`."""
    sys.argv[1:] = arguments
    runpy.run_module("tests.fakes", run_name="__main__")


class Forked:
    """A program as a process, with the methods of `subprocess.Popen` that tests use."""

    def __init__(
        self,
        main: Main,
        arguments: Sequence[str],
        *,
        folder: Path,
        env: Mapping[str, str],
        out: Path,
        err: Path,
    ) -> None:
        """Start it in `folder`; what it prints is added to the files."""
        for path in (out, err):
            path.touch()
        details = (main, [*arguments], str(folder), dict(env), str(out), str(err))
        self._process = _server.Process(target=_run, args=details, daemon=True)
        self._process.start()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    def poll(self) -> int | None:
        """Return the exit status, negative for a signal, or None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the exit status. Raises subprocess.TimeoutExpired."""
        self._process.join(timeout)
        if (status := self._process.exitcode) is None:
            raise subprocess.TimeoutExpired(self._process.name, timeout or 0.0)
        return status

    def send_signal(self, sig: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            with suppress(ProcessLookupError):  # it ends, and the server has not said so yet
                os.kill(self.pid, sig)

    def kill(self) -> None:
        """kill -9."""
        self.send_signal(signal.SIGKILL)


def _run(
    main: Main, arguments: list[str], folder: str, env: dict[str, str], out: str, err: str
) -> None:
    """Become the program, in a child of the fork server."""
    os.setsid()
    os.chdir(folder)
    for path, descriptor in ((out, 1), (err, 2)):
        file = os.open(path, os.O_WRONLY | os.O_APPEND)
        os.dup2(file, descriptor)
        os.close(file)
    os.environ.clear()
    os.environ.update(env)
    time.tzset()
    main(arguments)
