"""Compiled templates, shared by all renderers of the process.

A reload, `gateway check` and each renderer's environment compile the same files again; compiling
the shipped templates takes 0.1 s. The code of a template depends on its name, file and text, and on
how its environment escapes, because Jinja evaluates constant expressions while it compiles.
"""

import hashlib
from collections.abc import Hashable
from types import CodeType

from jinja2.bccache import Bucket, BytecodeCache

MOST = 1024
"""Templates whose code is cached. The shipped ones are about 100 for each kind of escaping."""

_codes: dict[Hashable, CodeType] = {}


class CodeCache(BytecodeCache):
    """The cache of environments that escape in one way. Thread-safe."""

    def __init__(self, escaping: Hashable) -> None:
        """`escaping` must differ between environments that compile a template differently."""
        self._escaping = escaping

    def get_source_checksum(self, source: str) -> str:
        """Return what distinguishes two texts of one file."""
        return hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take a template's code, if it was compiled before."""
        bucket.code = _codes.get((self._escaping, bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template's code for the next environment."""
        if len(_codes) >= MOST:
            _codes.clear()
        if bucket.code is not None:
            _codes[self._escaping, bucket.key, bucket.checksum] = bucket.code
