"""Distribution of tests to workers: files that share programs stay together and start first.

Other files are sent in chunks: the controller's work grows with the square of the number of chunks.

This replaces the groups of pytest-xdist 3.8, which pytest 9.2 ignores without a word: the worker
adds the group to a private attribute of a test that pytest no longer reads.
"""

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling
from xdist.scheduler.protocol import Scheduling

GROUPED = re.compile(r"\bmark\.(process|peer|browser|xdist_group)\b")
"""Markers of tests that share programs, or the result of long work, with others of their file."""

CHUNK = 10
"""Tests of one file sent at once. More leave a worker idle at the end, fewer cost CPU."""

_ROOT = Path(__file__).parents[2]
_FIRST = ("peer", "process", "browser", "xdist_group")
"""Markers of files that take long, longest first: other tests fill the time meanwhile."""


@cache
def is_grouped(file: str) -> bool:
    """Return whether the tests of a file, relative to the checkout, run on one worker."""
    return GROUPED.search((_ROOT / file).read_text(encoding="utf-8")) is not None


class Scopes:
    """Names of what is sent to a worker as a whole: a grouped file, or a chunk of another."""

    def __init__(self) -> None:
        self._scopes: dict[str, str] = {}
        self._counts: Counter[str] = Counter()

    def scope_of(self, test: str) -> str:
        """Return the scope of a test. Its name may contain any character."""
        scope = self._scopes.get(test)
        if scope is None:
            file = test.partition("::")[0]
            chunk = self._counts[file] // CHUNK
            self._counts[file] += 1
            scope = self._scopes[test] = file if is_grouped(file) else f"{file}::{chunk}"
        return scope


class FileGroups(LoadScopeScheduling):
    """Sends the tests of a grouped file to one worker, and those of other files in chunks."""

    def __init__(self, config: pytest.Config, log: Producer) -> None:
        super().__init__(config, log)
        self._scopes = Scopes()

    def _split_scope(self, nodeid: str) -> str:
        return self._scopes.scope_of(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling:
    """Return the scheduler of a run with several workers."""
    config.option.loadscopereorder = False  # the order of `pytest_collection_modifyitems`
    return FileGroups(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the tests that wait for long first, if there are several workers."""
    if hasattr(config, "workerinput"):
        items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    turns = (turn for turn, name in enumerate(_FIRST) if item.get_closest_marker(name))
    return next(turns, len(_FIRST))
