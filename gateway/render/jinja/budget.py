"""Bounds on the steps and the size of one rendered part.

Steps are counted, not timed: a template fails in `gateway check` as it would at 3 a.m., and no
thread is left running, because Python cannot end one. Jinja's sandbox bounds ``range`` but neither
``'a' * 50000000`` nor nested loops.
"""

import threading
from typing import Any

from jinja2.exceptions import SecurityError

MAX_STEPS = 20_000
"""Steps of one part: a turn of a loop, a call of a macro, an include, 200 characters written."""

MAX_TEXT = 200_000
"""Characters of one part, and of any text or list made on the way."""

CHARACTERS_PER_STEP = 200


class Meter(threading.local):
    """The state of the part that this thread renders: steps left, zone and time of clocks."""

    left = MAX_STEPS
    zone = "UTC"
    at = 0.0

    def start(self, zone: str, at: float) -> None:
        """Begin a new part."""
        self.left, self.zone, self.at = MAX_STEPS, zone, at

    def spend(self, steps: int) -> None:
        """Subtract `steps`. Raises SecurityError when none are left."""
        self.left -= steps
        if self.left < 0:
            raise SecurityError(
                f"the template takes too many steps (more than {MAX_STEPS}): loop over less"
            )


def check_operation(operator: str, left: Any, right: Any) -> None:
    """Raise SecurityError before an operation whose result would be out of bounds."""
    if operator == "*":
        for text, times in ((left, right), (right, left)):
            if isinstance(times, int) and hasattr(text, "__len__"):
                check_size(len(text) * max(times, 0))
    if operator == "+" and hasattr(left, "__len__") and hasattr(right, "__len__"):
        check_size(len(left) + len(right))
    if operator == "%" and isinstance(left, str | bytes):
        raise SecurityError("text % values can grow without bound: write text ~ value")
    if operator in ("*", "**") and isinstance(left, int) and isinstance(right, int):
        bits = left.bit_length() * (abs(right) if operator == "**" else 1)
        if bits + right.bit_length() > 4096:
            raise SecurityError("the number would be too large")


def check_size(size: int) -> None:
    """Raise SecurityError if `size` characters or items are more than a part may have."""
    if size > MAX_TEXT:
        raise SecurityError(
            f"the template makes {size} characters or items: at most {MAX_TEXT} are allowed"
        )
