"""When runbooks were last changed: by git, else by a date in the file.

The time of the file itself says nothing: a checkout writes all files anew.
"""

import re
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from gateway.core.plan.runbooks import Runbook

TIMEOUT = 5.0
"""Seconds for git's answer. Higher: a page waits for a slow disk."""

_GIT = ("git", "-c", "core.quotepath=off", "--no-optional-locks")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def runbook_dates(folder: Path, pages: Mapping[str, Runbook]) -> Mapping[str, tuple[float, str]]:
    """Return when each runbook was last changed (Unix seconds), and by what that is known.

    Runbooks without any date are not in it. Waits for git: call it outside of an event
    loop.
    """
    dates: dict[str, tuple[float, str]] = {}
    for name, page in pages.items():
        declared = _declared_date(page.changed)
        if declared is not None:
            dates[name] = declared, "its own date"
    for name, at in _git_dates(folder).items():
        if name in pages:
            dates[name] = at, "git"
    return dates


def _declared_date(text: str) -> float | None:
    if not _ISO_DATE.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None


def _git_dates(folder: Path) -> Mapping[str, float]:
    """Return the last commit of each file by its name without `.md`; none without a history.

    A shallow clone has the date of its newest commit for all files, so it counts for nothing.
    """
    if _git(folder, "rev-parse", "--is-shallow-repository").strip() != "false":
        return {}
    dates: dict[str, float] = {}
    at = 0.0
    for line in _git(folder, "log", "--format=%x00%ct", "--name-only", "--relative", ".").split(
        "\n"
    ):
        if line.startswith("\0"):
            at = float(line[1:])
        elif line.endswith(".md") and "/" not in line:
            dates.setdefault(line.removesuffix(".md"), at)
    return dates


def _git(folder: Path, *arguments: str) -> str:
    """Return what git prints; nothing where there is no git, no repository, or no answer."""
    try:
        done = subprocess.run(  # noqa: S603  # no shell, and no argument from outside
            (*_GIT, "-C", str(folder), *arguments),
            capture_output=True,
            check=True,
            timeout=TIMEOUT,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.decode(errors="replace")
