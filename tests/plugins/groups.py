"""Distribution of tests to workers: files that share programs stay together and start first.

This replaces the groups of pytest-xdist 3.8, which pytest 9.2 ignores without a word: the worker
adds the group to a private attribute of a test that pytest no longer reads.
"""

import re
from functools import cache
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling
from xdist.scheduler.protocol import Scheduling

GROUPED = re.compile(r"\bmark\.(process|peer|browser|xdist_group)\b")
"""Markers of tests that share programs, or the result of long work, with others of their file."""

_ROOT = Path(__file__).parents[2]
_FIRST = ("peer", "process", "browser")
"""Markers of tests that wait for long, longest first: other tests fill the time meanwhile."""


@cache
def is_grouped(file: str) -> bool:
    """Return whether the tests of a file, relative to the checkout, run on one worker."""
    return GROUPED.search((_ROOT / file).read_text(encoding="utf-8")) is not None


class FileGroups(LoadScopeScheduling):
    """Sends the tests of a grouped file to one worker, and all other tests one by one."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return file if is_grouped(file) else nodeid


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
