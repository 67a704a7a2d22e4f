"""Alertmanager's names for alerts, remembered: they are read often and slow to compute."""

from array import array

from gateway.core.alerts.labels import Labels, fingerprint

PAGE = 512
MOST_PAGES = 2048
"""Together eight megabytes, and a million alerts where their serials lie close together."""


class Fingerprints:
    """By serial. Threads may share it: at worst two compute the same."""

    def __init__(self) -> None:
        self._pages: dict[int, array[int]] = {}

    def of(self, serial: int, labels: Labels) -> str:
        """The fingerprint of the alert with this serial and these labels."""
        number, offset = divmod(serial, PAGE)
        page = self._pages.get(number)
        if page is None:
            if len(self._pages) >= MOST_PAGES:
                self._pages.clear()
            page = self._pages[number] = array("Q", bytes(8 * PAGE))
        if page[offset]:
            return f"{page[offset]:016x}"
        name = fingerprint(labels)
        page[offset] = int(name, 16)
        return name

    def clear(self) -> None:
        """Forget everything: after the database was lost, serials may name other alerts."""
        self._pages.clear()
