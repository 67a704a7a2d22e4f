"""Checks of this machine: disk, files, time zones, versions."""

import os
import shutil
import stat
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from zoneinfo import TZPATH

from gateway import __version__
from gateway.cli.doctor.finding import Finding, State, bad, good, warning
from gateway.core.time.wallclock import load_zone
from gateway.settings import ServerSettings, SettingError
from gateway.signing_key import KEY_FILE, load_or_create_key

LITTLE_SPACE, NO_SPACE = 1e9, 2e8
"""Free bytes below which the disk is a warning, and wrong. A storm of 100,000 alerts takes
150 MB; higher ones warn on small machines that work."""

OLD_ZONES = 2
"""Years after which the time zone data are a warning: rules change several times a year."""


def check_disk(database: Path | None) -> Finding:
    """Check the free space of the embedded database's disk."""
    if database is None:
        text = "PostgreSQL has its own"
        return Finding("disk", State.NOT_CHECKED, text, "watch the free space of its server")
    folder = next((one for one in (database.parent, *database.parents) if one.is_dir()), Path("/"))
    usage = shutil.disk_usage(folder)
    text = f"{usage.free / 1e9:.1f} GB free of {usage.total / 1e9:.1f} GB at {folder}"
    advice = "delete files there, or lower GATEWAY_RETENTION; a full disk means 503 to all alerts"
    if usage.free < NO_SPACE:
        return bad("disk", text, advice)
    if usage.free < LITTLE_SPACE:
        return warning("disk", text, advice)
    return good("disk", text)


def check_files(settings: ServerSettings, database: Path | None) -> Iterator[Finding]:
    """Check who may read and write the database, the key and routes.yaml."""
    if database is not None:
        yield _database_file(database)
        yield _key(settings, database)
    elif settings.secret_key is None:
        yield bad(
            "secret key",
            "GATEWAY_SECRET_KEY is not set",
            "set it to the same value for all replicas: it signs the links in messages",
        )
    mode = settings.config.stat().st_mode if settings.config.exists() else 0
    if mode & stat.S_IWOTH:
        yield warning(
            "routes.yaml",
            f"every user may change {settings.config} (mode {stat.S_IMODE(mode):04o})",
            f"chmod o-w {settings.config}",
        )


def _database_file(path: Path) -> Finding:
    name = "database files"
    folder = path.parent
    if not path.exists():
        parent = next(one for one in (folder, *folder.parents) if one.exists())
        if os.access(parent, os.W_OK):
            return good(name, f"{path} is created at the first start")
        return bad(name, f"{parent} cannot be written by this user", "change its owner")
    # SQLite also creates files beside it.
    blocked = [one for one in (folder, path) if not os.access(one, os.R_OK | os.W_OK)]
    if blocked:
        text = f"{blocked[0]} cannot be written by this user"
        return bad(name, text, "run this as the gateway's user, or change the owner")
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & stat.S_IRWXO:
        text = f"other users can read names and addresses in {path} (mode {mode:04o})"
        return warning(name, text, f"chmod 600 {path}*")
    return good(name, f"{path}, mode {mode:04o}")


def _key(settings: ServerSettings, database: Path) -> Finding:
    name = "secret key"
    if settings.secret_key is not None:
        return good(name, "GATEWAY_SECRET_KEY is set")
    path = database.parent / KEY_FILE
    if not os.path.lexists(path):
        if database.exists():
            text = f"{path} does not exist, so links in sent messages do not work"
            return warning(name, text, "put it back from where you keep it; else a new one is made")
        return good(name, f"{path} is created at the first start")
    try:
        load_or_create_key(path.parent)
    except (SettingError, OSError) as error:
        return bad(name, str(error), "the gateway does not start with it")
    return good(name, str(path))


def check_zones(names: frozenset[str], now: float) -> Finding:
    """Check that the data of all time zones in use are there, and not too old."""
    missing = [name for name in sorted(names) if not _is_known(name)]
    if missing:
        text = f"no data of {', '.join(missing)}"
        return bad("time zones", text, "install the package tzdata of Python or of the system")
    release = _zone_release()
    if release is None:
        return Finding("time zones", State.NOT_CHECKED, "of an unknown release")
    advice = "update the package tzdata: hand-overs and muted times follow old rules"
    year = datetime.fromtimestamp(now, UTC).year
    if release[:4].isdecimal() and int(release[:4]) + OLD_ZONES < year:
        return warning("time zones", f"data of release {release}", advice)
    return good("time zones", f"data of release {release}")


def _is_known(name: str) -> bool:
    try:
        load_zone(name)
    except ValueError:
        return False
    return True


def _zone_release() -> str | None:
    """Return the release of the data that Python uses: the system's, else the package's."""
    for folder in TZPATH:
        table = Path(folder) / "tzdata.zi"
        if table.is_file():
            with table.open(encoding="utf-8") as file:
                return file.readline().removeprefix("# version ").strip()
        if (Path(folder) / "UTC").exists():
            return None
    try:
        return version("tzdata")
    except PackageNotFoundError:
        return None


def check_versions() -> Finding:
    """Return the versions of the program and of Python."""
    python = ".".join(map(str, sys.version_info[:3]))
    return good("versions", f"gateway {__version__}, Python {python}")
