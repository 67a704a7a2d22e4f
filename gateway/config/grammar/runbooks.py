"""The grammar of runbooks: a folder, or a URL."""

from gateway.config.grammar.field_types import Text
from gateway.config.source.problem import ParseError
from gateway.core.plan.runbooks import Runbooks
from gateway.short_templates.errors import ShortTemplateError
from gateway.short_templates.template import check_url


def _location(text: str) -> Runbooks:
    """Return where runbooks are, without their pages. Raises ParseError."""
    if "://" not in text:
        return Runbooks(folder=text)
    try:
        return Runbooks(url=check_url(text))
    except ShortTemplateError as error:
        raise ParseError(str(error), error.suggestion) from None


RUNBOOKS = Text("folder or URL", _location, types=("string",))
