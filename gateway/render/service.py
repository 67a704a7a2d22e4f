"""Rendering for the server: shipped templates at once, all others by a render process.

A message waits at most `request_queue.MAX_WAIT` seconds, and no template blocks the event loop.
See docs/decisions/0022.
"""

import asyncio
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from gateway.core.incidents.message import Message
from gateway.render.finish import Outcome, finish_message, message_without_text, with_safe_links
from gateway.render.jinja.lookup import Lookup
from gateway.render.renderer import Renderer
from gateway.render.request import RenderRequest
from gateway.render.shipped import is_unchanged
from gateway.render.worker.request_queue import RequestQueue
from gateway.render.worker.wire import details_of


class RenderService:
    """Renders facts for one event loop. A new service reads the templates again.

    `folders` are the admin's, first wins; the shipped templates come last. `trusted` templates are
    rendered by this process; None: only the shipped ones, unchanged, are trusted.
    """

    def __init__(
        self, folders: Sequence[Path], external_url: str, *, trusted: bool | None = None
    ) -> None:
        self._own: RequestQueue | None = None
        self._shipped: Renderer | None = None
        if is_unchanged(Lookup(folders)) if trusted is None else trusted:
            self._shipped = _shipped(external_url)
        else:
            self._own = RequestQueue(folders, external_url)

    @property
    def problem(self) -> str:
        """Return why the templates cannot be used at present, or empty text."""
        return self._own.problem if self._own is not None else ""

    @property
    def busy(self) -> bool:
        """Return whether messages wait to be rendered."""
        return self._own is not None and self._own.waiting > 0

    async def start(self) -> None:
        """Prepare for the first message. Returns also if the templates cannot be used."""
        if self._own is not None:
            await self._own.start()
        elif self._shipped is not None:
            await asyncio.to_thread(self._shipped.compile_shipped)  # 0.1 s of processor time

    async def close(self) -> None:
        """End the render process, if there is one."""
        if self._own is not None:
            await self._own.close()

    async def render(self, request: RenderRequest, *, rank: int) -> Message:
        """Return the message of one notice for one target. Never raises for a template.

        `rank` is the notice's: when several wait, the lowest goes first. Otherwise as
        `Renderer.render`; a template that is stopped counts as one that failed.
        """
        if not request.parts:
            return message_without_text(request)
        request = with_safe_links(request)
        outcome: Outcome
        if self._shipped is not None:
            outcome = self._shipped.render_parts(request)
        else:
            assert self._own is not None
            outcome = await self._own.render_parts(rank, details_of(request))
        return finish_message(request, outcome)


@lru_cache(maxsize=2)
def _shipped(external_url: str) -> Renderer:
    """Return the renderer of the shipped templates, compiled once."""
    return Renderer([], external_url)
