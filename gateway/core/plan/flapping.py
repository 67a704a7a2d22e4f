"""Flapping: a group that resolves and fires again and again notifies less often.

A group flaps when it has begun `times` times `within` so many seconds. From then on its changes
are notified together, `every` so many seconds, and the end only after `calm_after` seconds without
a firing alert. Changes of an urgent severity are notified at once; only its ends wait.
(Alertmanager notifies every change; prometheus/alertmanager#204 and #3048 ask for this.)
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from gateway.core.time.timestamps import format_duration


@dataclass(frozen=True, slots=True)
class Flapping:
    """When a group flaps, and how often it notifies. Durations are seconds; `times` 0: never."""

    times: int = 4
    within: float = 3600.0
    every: float = 1800.0
    calm_after: float = 900.0

    def recent(self, beginnings: Iterable[float], now: float) -> tuple[float, ...]:
        """Return those of the beginnings that still count at `now`, in order."""
        return tuple(sorted({at for at in beginnings if at > now - self.within}))

    def flaps(self, beginnings: Collection[float], now: float) -> bool:
        """Return whether a group with these beginnings flaps at `now`."""
        enough = len(beginnings) >= self.times > 0
        return enough and len(self.recent(beginnings, now)) >= self.times

    def after(self, earlier: Iterable[float], now: float) -> tuple[float, ...]:
        """Return the beginnings of an incident that begins, or begins again, at `now`."""
        return self.recent((*earlier, now), now) if self.times else ()

    def words(self, beginnings: Iterable[float], now: float, *, quiet: bool) -> str:
        """Return a note for people; `quiet`: whether it notifies less often from now on."""
        count = len(self.recent(beginnings, now))
        text = f"flapping: it began {count} times within {format_duration(self.within)}"
        if quiet:
            text += (
                f"; changes are notified every {format_duration(self.every)},"
                f" the end after {format_duration(self.calm_after)} without a firing alert"
            )
        return text
