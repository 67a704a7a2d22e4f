"""Third-party data and real programs that tests use where they are present.

A plain checkout has neither, so such tests skip and say what is missing. A continuous build sets
GATEWAY_REQUIRE_SHARED=1 and GATEWAY_REQUIRE_REAL_PROGRAMS=1: there the same absence is a failure.
"""

import os
import shutil
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent


def shared(path: str) -> Path:
    """A file or folder in GATEWAY_SHARED_DIR, else in the folder `shared` beside the checkout."""
    root = Path(os.environ.get("GATEWAY_SHARED_DIR") or CHECKOUT.parent / "shared")
    target = root / path
    if not target.exists():
        _missing("GATEWAY_REQUIRE_SHARED", f"no shared data at {target}: set GATEWAY_SHARED_DIR")
    return target


def real_program(name: str) -> Path:
    """A real program on PATH, such as `prometheus`, `prometheus-alertmanager` or `chromium`."""
    program = shutil.which(name)
    if program is None:
        _missing("GATEWAY_REQUIRE_REAL_PROGRAMS", f"no program {name!r} on PATH: install it")
    return Path(str(program))


def _missing(required_by: str, what: str) -> None:
    if os.environ.get(required_by) == "1":
        pytest.fail(f"{what} ({required_by}=1 demands it)")
    pytest.skip(what)
