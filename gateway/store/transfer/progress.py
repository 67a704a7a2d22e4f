"""What the transfers share: their refusals, their pages, and how far they are."""

from collections.abc import Callable

from gateway.store.db.errors import StoreError

PAGE = 5_000
"""Rows that are read and written at once. More take more memory: about 1 kB each."""

Progress = Callable[[str, int], None]
"""(table, rows): called after each page with the rows of that table so far."""


class TransferRefusedError(StoreError):
    """A backup, restore or move cannot be done; the message says why and what to do."""


def no_progress(table: str, rows: int) -> None:
    """Report nothing."""
