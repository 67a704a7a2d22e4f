"""Reload when the files of the configuration change."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from gateway.watched_files import WatchedFiles

log = logging.getLogger(__name__)

EVERY = 2.0
"""Seconds between two comparisons. A change takes effect after two of them. One costs a system call
for each file; Kubernetes itself takes up to a minute and a half to update a mounted folder."""


async def reload_on_change(
    files: WatchedFiles, reload: Callable[[], Awaitable[object]], every: float = EVERY
) -> None:
    """Reload, until cancelled, when watched files differ from the loaded ones.

    Waits until two comparisons in a row find the same, so that an editor or a copy in progress is
    not read half-written. What a reload refuses is not tried again until a file changes.
    """
    before = None
    while True:
        await asyncio.sleep(every)
        present = await asyncio.to_thread(files.present)
        if present == before and files.has_changed(present):
            log.info("files have changed: loading routes.yaml again")
            files.accept(present)
            await reload()
        before = present
