"""Answers of the render process, and the templates that are disabled after being stopped."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from gateway.render.jinja.failure import TemplateRenderError

if TYPE_CHECKING:
    from gateway.render.worker.wire import Answer

DISABLED_SECONDS = 600.0
"""Seconds for which a template that was stopped is not tried again, except after a reload.

Each try of a hostile template delays other templates by `limits.CPU_SECONDS`. Lower: more often.
Higher: a good template that met one huge incident stays disabled for longer.
"""

UNKNOWN_TEMPLATE = "the templates"
"""The name in errors of a process that ended before it began a template."""


class StoppedTemplates:
    """The templates that were stopped and are disabled for a time. Used by one thread."""

    def __init__(self, now: Callable[[], float]) -> None:
        """`now` gives monotonic seconds."""
        self._now = now
        self._until: dict[str, tuple[float, str]] = {}
        self._suspected: dict[str, float] = {}

    def problems(self) -> tuple[tuple[str, str], ...]:
        """Return name and problem of each template that is disabled at present."""
        now = self._now()
        self._until = {name: known for name, known in self._until.items() if known[0] > now}
        return tuple((name, problem) for name, (_, problem) in self._until.items())

    def add(self, name: str, problem: str, *, guilty: bool) -> None:
        """Disable a template: at once if `guilty`, else when it is stopped again.

        One that used little processor time may have been stopped because the machine was busy.
        """
        now = self._now()
        if guilty or self._suspected.get(name, now) > now:
            self._until[name] = (now + DISABLED_SECONDS, problem)
        self._suspected[name] = now + DISABLED_SECONDS

    def failure_in(self, answer: "Answer") -> TemplateRenderError | None:
        """Return the failure in an answer, and disable a stopped template."""
        if "stopped" in answer:
            name, problem = str(answer.get("name") or ""), str(answer["stopped"])
            if name:
                self.add(name, problem, guilty=bool(answer.get("guilty")))
            return TemplateRenderError(name or UNKNOWN_TEMPLATE, None, problem)
        if "failed" in answer:
            name, line, problem = answer["failed"]
            return TemplateRenderError(
                str(name), line if isinstance(line, int) else None, str(problem)
            )
        return None


def parts_in(answer: "Answer") -> dict[str, str]:
    """Return the rendered parts by name. Raises ValueError if the answer has none."""
    parts = answer.get("parts")
    if not isinstance(parts, dict):
        raise ValueError("the answer has no parts")
    return {str(name): str(text) for name, text in parts.items()}
