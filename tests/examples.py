"""The number of examples that Hypothesis tries: few in local runs, all in continuous builds.

GATEWAY_TEST_EXAMPLES=full asks for all; `.ci/run` sets it.
"""

import os

from hypothesis import HealthCheck, settings

FULL = os.environ.get("GATEWAY_TEST_EXAMPLES") == "full"
"""Whether this run tries all examples and all seeds."""


def examples(full: int) -> int:
    """Return how many examples to try where a full run tries `full`."""
    return full if FULL else max(10, full // 10)


def load_profile() -> None:
    """Set the number of examples for tests that name none. No test depends on the wall clock."""
    settings.register_profile(
        "gateway",
        max_examples=examples(100),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    settings.load_profile("gateway")
