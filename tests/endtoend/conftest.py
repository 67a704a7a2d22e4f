"""A world that waits for real programs, and ends with its test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.endtoend.world import World
from tests.shared_data import real_program

STEP_WAIT = 10.0
"""Seconds that a step of an escalation waits in these tests. Long enough that an acknowledgement
made at once comes before the next step on any machine."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Vendors and a gateway; monitoring is started by the test."""
    real_program("prometheus")
    with World(tmp_path, STEP_WAIT) as made:
        yield made
