"""A fixture of the whole chain that ends with its test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.endtoend.world import World
from tests.shared_data import real_program

STEP_WAIT = 10.0
"""Seconds that an escalation step waits in these tests. Long enough that an immediate
acknowledgement comes before the next step on any machine."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Yield vendors and a gateway; the test starts the monitoring."""
    real_program("prometheus")
    with World(tmp_path, STEP_WAIT) as made:
        yield made
