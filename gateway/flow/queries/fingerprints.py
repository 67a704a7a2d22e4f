"""Cache of Alertmanager's fingerprints, which are read often and slow to compute."""

from array import array
from collections.abc import Callable

from gateway.core.alerts.labels import Labels, fingerprint

PAGE = 512
"""Fingerprints in one array."""

MAX_PAGES = 2048
"""Arrays that are kept: eight megabytes, a million alerts where their serials are close together.
Higher costs memory, lower costs time where there are more alerts."""

FingerprintOf = Callable[[int, Labels], str]
"""(serial, labels): the fingerprint of that alert."""


class Fingerprints:
    """Fingerprints by serial. Any thread; at worst two compute the same."""

    def __init__(self) -> None:
        self._pages: dict[int, array[int]] = {}

    def reader(self) -> FingerprintOf:
        """Return the function to use for alerts that are read from now on.

        It keeps to the present pages. So a thread whose alerts were read before `clear` does not
        cache them for serials that may name other alerts afterwards.
        """
        pages = self._pages

        def fingerprint_of(serial: int, labels: Labels) -> str:
            number, offset = divmod(serial, PAGE)
            page = pages.get(number)
            if page is None:
                if len(pages) >= MAX_PAGES:
                    pages.clear()
                page = pages[number] = array("Q", bytes(8 * PAGE))
            if page[offset]:
                return f"{page[offset]:016x}"
            name = fingerprint(labels)
            page[offset] = int(name, 16)
            return name

        return fingerprint_of

    def clear(self) -> None:
        """Drop all, because after the database was lost serials may name other alerts."""
        self._pages = {}
