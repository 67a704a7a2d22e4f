"""A PostgreSQL server that a test may crash and start again."""

import os
import pwd
import shlex
import signal
import subprocess
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from tests.postgres import UNPRIVILEGED, wait_until_ready
from tests.processes.harness import wait_for


class OwnPostgres:
    """The server behind the URL of `running_postgres`, identified by its files."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._home = Path(str(conninfo_to_dict(url)["host"]))
        # The server writes the command that started it: PostgreSQL's CreateOptsFile.
        self._command = shlex.split((self._data / "postmaster.opts").read_text())
        self._again: subprocess.Popen[bytes] | None = None

    @property
    def _data(self) -> Path:
        return self._home / "data"

    def crash(self) -> None:
        """End it at once, without a checkpoint ("immediate shutdown"), and wait for that."""
        pid_file = self._data / "postmaster.pid"
        os.kill(int(pid_file.read_text().splitlines()[0]), signal.SIGQUIT)
        wait_for("the server is gone", lambda: not pid_file.exists())
        if self._again is not None:
            self._again.wait()

    def start(self) -> None:
        """Start it again, and wait until it answers."""
        account: dict[str, Any] = {}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam(UNPRIVILEGED)
            account = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        with (self._home / "log").open("ab") as log:
            self._again = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self._home,
                start_new_session=True,
                **account,
            )
        wait_until_ready(self._again, self._home)

    def end(self) -> None:
        """End what `start` started."""
        if self._again is not None and self._again.poll() is None:
            self._again.send_signal(signal.SIGINT)
            self._again.wait()
