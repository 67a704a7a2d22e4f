"""Text limits and durations as Alertmanager writes them, for the vectors about its templates."""

import math

ELLIPSIS = "…"
_ELLIPSIS_BYTES = len(ELLIPSIS.encode())
_SECONDS = {"d": 86_400, "h": 3600, "m": 60}
_FRACTIONS = ("ms", "us", "ns", "ps", "fs", "as", "zs", "ys")


def truncate_runes(text: str, limit: int) -> tuple[str, bool]:
    """Return `text` cut to `limit` code points, an ellipsis included, and whether it was cut.

    Below four code points an ellipsis does not fit (Alertmanager's notify/util.go).
    """
    if len(text) <= limit:
        return text, False
    if limit <= 3:
        return text[: max(limit, 0)], True
    return text[: limit - 1] + ELLIPSIS, True


def truncate_bytes(text: str, limit: int) -> tuple[str, bool]:
    """Return `text` cut to `limit` bytes of UTF-8, an ellipsis included, and whether it was cut.

    No character is split. If the ellipsis itself does not fit, dots replace it.
    """
    data = text.encode()
    if len(data) <= limit:
        return text, False
    if limit < _ELLIPSIS_BYTES:
        return "." * max(limit, 0), True
    return data[: limit - _ELLIPSIS_BYTES].decode("utf-8", "ignore") + ELLIPSIS, True


def humanize_duration(seconds: float) -> str:
    """Write a duration for people: ``2h 5m 0s``, ``14m 59s``, ``1.234s``, ``123.5ms``.

    As the function of the same name in Prometheus' and Alertmanager's templates: below a minute
    four significant digits, from a minute on whole seconds.
    """
    if not math.isfinite(seconds):
        return "NaN" if math.isnan(seconds) else "+Inf" if seconds > 0 else "-Inf"
    if seconds == 0:
        return "0s"
    if abs(seconds) < 1:
        return _humanize_fraction(seconds)
    if abs(seconds) < 60:
        return f"{seconds:.4g}s"
    rest = int(abs(seconds))
    parts: list[str] = []
    for unit, size in _SECONDS.items():
        count, rest = divmod(rest, size)
        if parts or count:
            parts.append(f"{count}{unit}")
    return ("-" if seconds < 0 else "") + " ".join([*parts, f"{rest}s"])


def _humanize_fraction(seconds: float) -> str:
    scaled = seconds
    for unit in _FRACTIONS:
        scaled *= 1000
        if abs(scaled) >= 1:
            return f"{scaled:.4g}{unit}"
    return f"{scaled:.4g}{_FRACTIONS[-1]}"
