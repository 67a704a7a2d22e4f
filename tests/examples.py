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
    """Set the number of examples for tests that name none. No test depends on the wall clock.

    A full run tries the same examples each time, so that it cannot fail by chance for a change
    that is right. Local runs try others each time: what they find becomes an example of its own.
    """
    settings.register_profile(
        "gateway",
        max_examples=examples(100),
        deadline=None,
        derandomize=FULL,
        suppress_health_check=[HealthCheck.too_slow],
    )
    settings.load_profile("gateway")
