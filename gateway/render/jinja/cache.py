"""Compiled templates, kept in one file of the user's from one command to the next.

Compiling the shipped templates is a good part of what `gateway check` takes, and each time the
same. What is kept is machine code for Python, and whoever can write it runs as whoever reads it:
so it is only read from a folder and a file of this user (or root), that nobody else may write
to, and that are no symbolic links. Where anything about them is odd, nothing is read or written,
and templates are compiled as ever.
"""

import hashlib
import importlib.util
import marshal
import os
import stat
import sys
from collections.abc import Mapping
from pathlib import Path
from types import CodeType

import jinja2
from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket

from gateway.core.text import escape
from gateway.shipped import shipped_templates

FILE = "templates"
_LARGEST = 4_000_000  # bytes; the shipped templates' code is a hundred thousand
_DIGEST = hashlib.sha256().digest_size
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def users_cache(env: Mapping[str, str]) -> Path | None:
    """The gateway's folder among what programs may lose, or None when there is no place for it.

    See the XDG base directory specification: ``$XDG_CACHE_HOME``, else ``~/.cache``; relative
    paths do not count.
    """
    home = env.get("HOME", "")
    for path in (env.get("XDG_CACHE_HOME", ""), f"{home}/.cache" if home else ""):
        if path.startswith("/"):
            return Path(path) / "gateway"
    return None


class Compiled:
    """What was compiled before, and what is compiled now. Never raises for what is on disk."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._made_by = _fingerprint() if folder else ""
        self._known: dict[tuple[str, str], tuple[str, CodeType]] = {}
        self._new = False
        if folder and self._made_by:
            self._known = _read(folder, self._made_by)

    def of(self, escaping: str) -> BytecodeCache:
        """Where the environment with this way of escaping finds and leaves its code."""
        return _Kept(self, escaping)

    def keep(self) -> None:
        """Write the file if anything was compiled that it lacks."""
        if self._new and self._folder and self._made_by:
            payload = marshal.dumps(self._known)
            _write(self._folder, _digest_of(payload, self._made_by) + payload)
            self._new = False

    def find(self, escaping: str, name: str, source: str) -> CodeType | None:
        """The code of the template whose source has that digest."""
        digest, code = self._known.get((escaping, name), ("", None))
        return code if digest == source else None

    def add(self, escaping: str, name: str, source: str, code: CodeType) -> None:
        """Take in what was compiled; code of an older source gives way."""
        self._known[escaping, name] = (source, code)
        self._new = True


class _Kept(BytecodeCache):
    """Jinja's way to it. An admin's own templates are always compiled: they change."""

    def __init__(self, compiled: Compiled, escaping: str) -> None:
        self._compiled = compiled
        self._escaping = escaping
        self._shipped = f"{shipped_templates()}/"

    def get_bucket(
        self, environment: Environment, name: str, filename: str | None, source: str
    ) -> Bucket:
        shipped = filename is not None and filename.startswith(self._shipped)
        digest = hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()
        bucket = Bucket(environment, name if shipped else "", digest)
        self.load_bytecode(bucket)
        return bucket

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key:
            bucket.code = self._compiled.find(self._escaping, bucket.key, bucket.checksum)

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.key and bucket.code is not None:
            self._compiled.add(self._escaping, bucket.key, bucket.checksum, bucket.code)


def _fingerprint() -> str:
    """Of everything that decides what a template is compiled to; "" when that cannot be read."""
    digest = hashlib.sha256(importlib.util.MAGIC_NUMBER)
    digest.update(f"{sys.implementation.cache_tag} {jinja2.__version__}".encode())
    try:
        for file in (*sorted(Path(__file__).parents[1].rglob("*.py")), Path(escape.__file__)):
            digest.update(file.read_bytes())
    except OSError:
        return ""
    return digest.hexdigest()


def _read(folder: Path, made_by: str) -> dict[tuple[str, str], tuple[str, CodeType]]:
    try:
        place = _trusted(folder)
        try:
            content = _content(place)
        finally:
            os.close(place)
    except OSError:
        return {}
    payload = content[_DIGEST:]
    if content[:_DIGEST] != _digest_of(payload, made_by):
        return {}  # torn, or of another version
    # Nobody else can have written it: see _trusted and _content.
    known: dict[tuple[str, str], tuple[str, CodeType]] = marshal.loads(payload)  # noqa: S302
    return known


def _digest_of(payload: bytes, made_by: str) -> bytes:
    return hashlib.sha256(made_by.encode() + payload).digest()


def _content(place: int) -> bytes:
    file = os.open(FILE, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=place)
    with open(file, "rb") as opened:
        known = os.fstat(file)
        if not stat.S_ISREG(known.st_mode) or not _ours(known):
            raise PermissionError("somebody else may write to the kept templates")
        return opened.read(_LARGEST)


def _write(folder: Path, content: bytes) -> None:
    new = f"{FILE}.{os.getpid()}"
    try:
        folder.parent.mkdir(mode=0o700, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        place = _trusted(folder)
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
            try:
                with open(os.open(new, flags, 0o600, dir_fd=place), "wb") as opened:
                    opened.write(content)
                os.replace(new, FILE, src_dir_fd=place, dst_dir_fd=place)
            except OSError:
                os.unlink(new, dir_fd=place)
                raise
        finally:
            os.close(place)
    except OSError:
        return  # a full disk, a read-only one, no home: the next command compiles again


def _trusted(folder: Path) -> int:
    """The folder, opened. Raises OSError unless it and the one above are safe from others."""
    above = os.stat(folder.parent)
    place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    if not _ours(above) or not _ours(os.fstat(place)):
        os.close(place)
        raise PermissionError("somebody else may write to the folder of kept templates")
    return place


def _ours(known: os.stat_result) -> bool:
    # What root owns is fine: root could change this program as well.
    return known.st_uid in (os.geteuid(), 0) and not known.st_mode & _OTHERS_WRITE
