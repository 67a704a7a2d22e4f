"""Flapping: a group that ends and begins again and again is told so once, and then quietly.

A group flaps when it has begun `times` times `within` so many seconds. From then on what begins
and ends is told together, `every` so often, and the end only after `calm_after` without an alert.
The worst severity is never kept quiet: only its ends wait. (Alertmanager tells every turn;
prometheus/alertmanager#204 and #3048 ask for this.)
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from gateway.core.time.timestamps import format_duration


@dataclass(frozen=True, slots=True)
class Flapping:
    """When a group flaps, and how it is told. Durations are seconds; `times` 0: never."""

    times: int = 4
    within: float = 3600.0
    every: float = 1800.0
    calm_after: float = 900.0

    def recent(self, beginnings: Iterable[float], now: float) -> tuple[float, ...]:
        """Those of the beginnings that still count at `now`, in order."""
        return tuple(sorted({at for at in beginnings if at > now - self.within}))

    def flaps(self, beginnings: Collection[float], now: float) -> bool:
        """Whether a group with these beginnings flaps at `now`."""
        enough = len(beginnings) >= self.times > 0
        return enough and len(self.recent(beginnings, now)) >= self.times

    def after(self, earlier: Iterable[float], now: float) -> tuple[float, ...]:
        """The beginnings of an incident that begins, or begins again, at `now`."""
        return self.recent((*earlier, now), now) if self.times else ()

    def words(self, beginnings: Iterable[float], now: float, *, quiet: bool) -> str:
        """What to say of it; `quiet`: whether what follows is told less often."""
        count = len(self.recent(beginnings, now))
        text = f"it flaps: begun {count} times within {format_duration(self.within)}"
        if quiet:
            text += (
                f"; what follows is told every {format_duration(self.every)},"
                f" its end after {format_duration(self.calm_after)} of calm"
            )
        return text
