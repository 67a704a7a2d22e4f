"""Posts, taken once and answered in time.

A sender may give each post an id, and repeat a post with the same one. A sender may also wait only
shortly: then it is answered 503 when nothing is saved by then, and the writing goes on.
"""

import asyncio
import logging

from gateway.core.errors import GatewayError
from gateway.core.plan.source_types import SOURCE_SPECS
from gateway.flow.engine import Engine
from gateway.flow.intake.intake import OverloadedError
from gateway.web.ingest.body_intake import BodyIntake, IngestOutcome
from gateway.web.ingest.sources.body import read_json
from gateway.web.ingest.sources.parsed import BodyError, Post

log = logging.getLogger(__name__)

LONGEST_ID = 200
"""Characters of an id in a body; it is stored to recognise a repeated post."""


class PostIntake:
    """Takes posts of one engine. Event loop only."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._bodies = BodyIntake(engine)
        self._running: set[asyncio.Task[IngestOutcome]] = set()

    async def take(self, post: Post) -> IngestOutcome:
        """Submit the alerts of a post, see `BodyIntake.take`; a known one changes nothing.

        Raise OverloadedError if its sender does not wait any longer.
        """
        limit = SOURCE_SPECS[post.source.type].answer_within
        if limit is None:
            return await self._take_once(post)
        # Not in a group: it outlives the request. `_forget` logs its error.
        task = asyncio.create_task(self._take_once(post))  # noqa: TID251
        self._running.add(task)
        task.add_done_callback(self._forget)
        done, _ = await asyncio.wait({task}, timeout=limit)
        if not done:
            raise OverloadedError(f"not saved within {limit:g} s; the writing goes on")
        return task.result()

    async def _take_once(self, post: Post) -> IngestOutcome:
        outcome = await self._take_new(post)
        if outcome.accepted or not outcome.refused:
            self._engine.source_activity.record(post.source.name)
        return outcome

    async def _take_new(self, post: Post) -> IngestOutcome:
        name, post_id = post.source.name, await _post_id(post)
        if post_id and await self._engine.source_posts.is_known(name, post_id):
            return IngestOutcome(note="this post was accepted before")
        outcome = await self._bodies.take(post)
        if post_id and not outcome.refused:
            await self._engine.source_posts.record(name, post_id)
        return outcome

    def _forget(self, task: asyncio.Task[IngestOutcome]) -> None:
        self._running.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, GatewayError):
            log.error("a post could not be taken", exc_info=error)


async def _post_id(post: Post) -> str:
    """Return the sender's id of a post, empty without one."""
    spec = SOURCE_SPECS[post.source.type]
    if spec.post_id_header:
        return post.headers.get(spec.post_id_header, "")
    if spec.post_id_field:  # in a thread: a mail has megabytes of attachments
        return await asyncio.to_thread(_text_field, post.body, spec.post_id_field)
    return ""


def _text_field(body: bytes, name: str) -> str:
    try:
        content, _ = read_json(body)
    except BodyError:
        return ""
    value = content.get(name) if isinstance(content, dict) else None
    return value[:LONGEST_ID] if isinstance(value, str) and value.isprintable() else ""
