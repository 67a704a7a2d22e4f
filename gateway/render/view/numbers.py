"""Numbers of facts, which may have been written by another release."""


def number(value: object) -> float | None:
    """Return a finite number as float, else None."""
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e12:
        return float(value)
    return None
