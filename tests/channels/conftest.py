"""Fixtures of the channel tests."""

import pytest

# The contract suite is no test module itself, yet its asserts should say what differs.
pytest.register_assert_rewrite("tests.channels.contract")
