"""Questions about the windows of restrictions that only the vectors and tests ask."""

from collections.abc import Sequence
from math import inf
from zoneinfo import ZoneInfo

from gateway.core.oncall.restrictions import Window, windows
from gateway.core.oncall.types import Restriction

# Every pattern of weekdays repeats within a week; one week on either side of a clock change.
_SECONDS_UNTIL_ALWAYS = 21 * 86_400.0


def window_at(restrictions: Sequence[Restriction], zone: ZoneInfo, t: float) -> Window:
    """Return the whole window around `t` or, outside all, the next one; infinite when always."""
    reach = _SECONDS_UNTIL_ALWAYS
    for opens, closes in windows(restrictions, zone, t - reach, t + reach):
        if closes > t:
            return Window(
                opens if opens > t - reach else -inf, closes if closes < t + reach else inf
            )
    return Window(inf, inf)


def is_open(restrictions: Sequence[Restriction], zone: ZoneInfo, t: float) -> bool:
    """Return whether any restriction is open at `t`; True without restrictions."""
    return any(opens <= t < closes for opens, closes in windows(restrictions, zone, t, t + 1.0))
