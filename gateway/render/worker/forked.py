"""Templates in a forked render process, for commands: one request at a time."""

from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any

from gateway.core.incidents.message import Message
from gateway.render.finish import Outcome, finish_message, message_without_text, with_safe_links
from gateway.render.jinja.failure import TemplateRenderError
from gateway.render.renderer import Renderer
from gateway.render.request import RenderRequest
from gateway.render.shipped import is_unchanged
from gateway.render.worker.stopped_templates import UNKNOWN_TEMPLATE, StoppedTemplates, parts_in

if TYPE_CHECKING:
    from gateway.render.worker.process import RenderProcess
    from gateway.render.worker.wire import Answer

# Imported only with the process, which most commands never need.

_GRACE = 3.0
"""Seconds for an answer beyond WALL_SECONDS, after which a worker's own timers have ended it."""


class ForkedRenderer:
    """A renderer whose own templates run in a forked process. A context manager.

    If all templates are the shipped ones, there is no process. `now` gives monotonic seconds.
    """

    def __init__(self, renderer: Renderer, now: Callable[[], float]) -> None:
        self.renderer = renderer
        self._stopped = StoppedTemplates(now)
        self._process: RenderProcess | None = None
        self.own = not is_unchanged(renderer.lookup)

    def __enter__(self) -> "ForkedRenderer":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is not None:
            self._process.end()
            self._process = None

    def render(self, request: RenderRequest) -> Message:
        """Render as `Renderer.render` does; a stopped template counts as failed."""
        if not request.parts:
            return message_without_text(request)
        request = with_safe_links(request)
        outcome: Outcome
        if self.own:
            from gateway.render.worker.wire import details_of

            answer = self.ask("render", *details_of(request))
            outcome = self.failure_in(answer) or parts_in(answer)
        else:
            outcome = self.renderer.render_parts(request)
        return finish_message(request, outcome)

    def failure_in(self, answer: "Answer") -> TemplateRenderError | None:
        """Return the failure in an answer, or None."""
        return self._stopped.failure_in(answer)

    def ask(self, task: str, *details: Any) -> "Answer":
        """Send a task to the render process and return its answer. Never raises."""
        from gateway.render.worker.limits import WALL_SECONDS
        from gateway.render.worker.process import fork
        from gateway.render.worker.wire import pack_request, read_answer

        try:
            if self._process is None:
                self.renderer.compile_shipped()  # now, so that no message waits for it
                self._process = fork(self.renderer)
                self._process.channel.settimeout(WALL_SECONDS + _GRACE)
            channel = self._process.channel
            channel.sendall(pack_request((task, self._stopped.problems(), *details)))
            return read_answer(channel)
        except (OSError, EOFError, ValueError) as error:
            if self._process is not None:
                self._process.kill()
                self._process = None
            problem = f"the render process did not answer ({type(error).__name__})"
            return {"failed": [UNKNOWN_TEMPLATE, None, problem]}
