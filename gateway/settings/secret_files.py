"""Variables from files: a mounted folder of secrets, one file for each variable.

Kubernetes, Docker and systemd mount secrets as files. Variables of the environment are visible to
anyone who may inspect the container or the process, and cannot change while it runs.
"""

import errno
import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path

from gateway.settings.parse import SettingError

SECRETS_DIR = "GATEWAY_SECRETS_DIR"
MAX_BYTES = 64 * 1024
"""Bytes of one file. A larger one is probably another file, and is refused."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def with_secret_files(env: Mapping[str, str]) -> Mapping[str, str]:
    """Return the environment with a variable for each file in the folder of secrets.

    A file wins over a variable of its name. Names that cannot be variables are left out, such as
    Kubernetes' `..data`. Reads the files again at each call. Raises SettingError, never with a
    file's content.
    """
    folder = env.get(SECRETS_DIR, "")
    if not folder:
        return env
    try:
        names = sorted(name for name in os.listdir(folder) if _NAME.fullmatch(name))
    except OSError as error:
        raise SettingError(
            f"{SECRETS_DIR}: the folder {folder} cannot be read: {error.strerror}"
        ) from None
    values = {name: _value(Path(folder, name)) for name in names}
    if SECRETS_DIR in values:
        raise SettingError(f"{SECRETS_DIR}: the folder {folder} must not have a file of that name")
    return {**env, **values}


def _value(path: Path) -> str:
    """Return the content of a file without its last line break. Raises SettingError."""
    try:
        content = _read_regular(path)
    except OSError as error:
        raise SettingError(
            f"{SECRETS_DIR}: the file {path} cannot be read: {error.strerror}"
        ) from None
    if len(content) > MAX_BYTES:
        raise SettingError(f"{SECRETS_DIR}: the file {path} is larger than a secret may be (64 kB)")
    try:
        return content.decode("utf-8-sig").removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise SettingError(f"{SECRETS_DIR}: the file {path} is not UTF-8 text") from None


def _read_regular(path: Path) -> bytes:
    """Return the content of a regular file, and one byte more than is allowed if it is too long."""
    # Opening a pipe waits for a writer unless O_NONBLOCK is set; regular files ignore it.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    with open(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "it is not a regular file", str(path))
        return file.read(MAX_BYTES + 1)
