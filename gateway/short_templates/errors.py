"""What is wrong with a short template."""

from gateway.core.errors import GatewayError


class ShortTemplateError(GatewayError, ValueError):
    """A short template that cannot be used; `suggestion` is a similar name that exists."""

    def __init__(self, message: str, suggestion: str | None = None) -> None:
        super().__init__(message)
        self.suggestion = suggestion


class MissingValueError(ShortTemplateError):
    """The alerts lack a label that the template needs, or do not share it."""
