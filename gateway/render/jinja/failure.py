"""The error of a template that could not be used: file, line, and what is wrong."""

import traceback

from jinja2 import Template, TemplateNotFound, TemplateSyntaxError, UndefinedError

from gateway.core.errors import GatewayError
from gateway.core.text.escape import one_line


class TemplateRenderError(GatewayError):
    """A template that could not be compiled or rendered. `line` is None where it is unknown."""

    def __init__(self, template: str, line: int | None, problem: str) -> None:
        super().__init__(problem)
        self.template = template
        self.line = line
        self.problem = one_line(problem, 300)

    @property
    def sentence(self) -> str:
        """Return the error as a sentence for the reader of the built-in text."""
        where = f"{self.template}, line {self.line}" if self.line else self.template
        return (
            f"The template failed ({where}): {self.problem}. "
            "This is the gateway's built-in text; please report it to an admin."
        )


def failure_of(name: str, template: Template | None, error: Exception) -> TemplateRenderError:
    """Return the error of the template `name`, with the line in it that raised."""
    if isinstance(error, TemplateRenderError):
        return error
    if isinstance(error, TemplateSyntaxError):
        return TemplateRenderError(
            error.name or name, error.lineno, error.message or "syntax error"
        )
    if isinstance(error, TemplateNotFound):
        return TemplateRenderError(name, None, f"there is no template {error.name}")
    problem = str(error) or type(error).__name__
    if isinstance(error, MemoryError):
        problem = "it needs more memory than a template may have: make less text, or shorter lists"
    elif not isinstance(error, UndefinedError):
        problem = f"{type(error).__name__}: {problem}"
    origin = _origin(template, error) if template is not None else None
    if origin is None:
        return TemplateRenderError(name, None, problem)
    return TemplateRenderError(*origin, problem)


def _origin(template: Template, error: Exception) -> tuple[str, int] | None:
    """Return the innermost template on the way to the error, and its line."""
    origin = None
    for frame, line in traceback.walk_tb(error.__traceback__):
        inner = frame.f_globals.get("__jinja_template__")
        if inner is not None:
            origin = (inner.name or template.name or "?", inner.get_corresponding_lineno(line))
    return origin
