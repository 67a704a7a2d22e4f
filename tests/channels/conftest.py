"""Fixtures of the channel tests."""

import pytest

# The contract suites are no test modules themselves, yet their asserts should say what differs.
pytest.register_assert_rewrite("tests.channels.contract", "tests.channels.delivery_contract")
