"""Garbage collection of a server that has started."""

import gc
from collections.abc import Iterator

import pytest

from gateway.cli.serve import tune_garbage_collection


@pytest.fixture
def collector() -> Iterator[None]:
    """Put back afterwards how Python collects."""
    before = gc.get_threshold()
    is_frozen = gc.get_freeze_count() > 0
    yield
    gc.unfreeze()
    if is_frozen:  # what pytest collected
        gc.freeze()
    gc.set_threshold(*before)


@pytest.mark.usefixtures("collector")
def test_objects_of_start_up_are_excluded_from_garbage_collection() -> None:
    """A full collection while alerts arrive must not visit the whole program."""
    gc.unfreeze()
    everything = len(gc.get_objects())
    tune_garbage_collection()
    assert gc.get_freeze_count() > everything / 2
    assert len(gc.get_objects()) < everything / 2
