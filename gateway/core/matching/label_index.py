"""An index of alerts by their labels, so that a search need not test every alert.

Alerts are known by serials, which rise and never change their labels. A result is a candidate: the
caller checks whether it still fires and fulfils every matcher.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from gateway.core.alerts.labels import Labels
from gateway.core.matching.matcher import Matcher

FEW_CANDIDATES = 500
"""As few candidates are returned without testing further matchers; a search costs more below."""


class LabelIndex:
    """Serials by label name and value. Not thread-safe."""

    def __init__(self) -> None:
        self._serials: dict[str, dict[str, int | array[int]]] = {}
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def add(self, serial: int, labels: Labels) -> None:
        """Add an alert; serials must come in rising order."""
        self._size += 1
        for name, value in labels.items():
            values = self._serials.get(name)
            if values is None:
                values = self._serials[name] = {}
            existing = values.get(value)
            if existing is None:
                values[value] = serial
            elif isinstance(existing, int):
                values[value] = array("q", (existing, serial))
            else:
                existing.append(serial)

    def candidates(self, matchers: Sequence[Matcher]) -> array[int] | None:
        """Return in rising order the serials of all that may fulfil `matchers`.

        Some of them may not. None when no matcher demands a label, so that any alert may.
        """
        demanding = [matcher for matcher in matchers if not matcher.matches_value("")]
        demanding = [matcher for matcher in demanding if matcher.op in ("=", "=~")]
        if not demanding:
            return None
        demanding.sort(key=lambda matcher: matcher.op)  # a regex is tried on every value
        serials = self._serials_of(demanding[0])
        for matcher in demanding[1:]:
            if len(serials) <= FEW_CANDIDATES:
                break
            other = set(self._serials_of(matcher))
            serials = array("q", [serial for serial in serials if serial in other])
        return serials

    def _serials_of(self, matcher: Matcher) -> array[int]:
        values = self._serials.get(matcher.name, {})
        if matcher.op == "=":
            one = values.get(matcher.value)
            parts = [] if one is None else [one]
        else:
            parts = [serials for value, serials in values.items() if matcher.matches_value(value)]
        result = array("q")
        for part in parts:
            if isinstance(part, int):
                result.append(part)
            else:
                result.extend(part)
        # An alert has one value of a label, so no serial is here twice.
        return result if len(parts) < 2 else array("q", sorted(result))
