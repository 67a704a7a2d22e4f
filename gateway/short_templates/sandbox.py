"""The sandbox of short templates: text with `{{ … }}`, no statements, no loops, no calls.

Everything else is refused, so one is filled in the time of its length. That is why the server
fills them itself, while templates of messages run in a process of their own.
"""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from jinja2 import StrictUndefined, nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from gateway.short_templates.values import LabelValues

MAX_SOURCE = 2000
"""Characters of a template. Higher: more filters in a row, and each may lengthen the text."""
MAX_TEXT = 8000
"""Characters of any text in between. Lower: long label values do not fit into a query."""

_ALLOWED = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Const, nodes.Name, nodes.Getattr),
    *(nodes.Getitem, nodes.Slice, nodes.Filter, nodes.Test, nodes.CondExpr, nodes.Compare),
    *(nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Add, nodes.Sub, nodes.Mul),
    *(nodes.FloorDiv, nodes.Neg, nodes.Keyword),
)


class Encoded(str):
    """Text that is percent-encoded already."""

    __slots__ = ()


class ShortEnvironment(ImmutableSandboxedEnvironment):
    """An environment in which a missing name or label is an error.

    With `url` everything that an expression prints is percent-encoded, unless `urlencode` did it.
    """

    intercepted_binops = frozenset(("+", "-", "*", "//"))

    def __init__(self, *, url: bool) -> None:
        super().__init__(
            undefined=StrictUndefined,
            finalize=_encoded if url else _text,
            autoescape=False,
            auto_reload=False,
            cache_size=0,
            optimized=False,
        )
        self.filters = dict(FILTERS)
        self.tests = {name: self.tests[name] for name in ("defined", "undefined")}
        self.globals = {}

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return a label by its name; nothing else has attributes."""
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Return a label, or a part of a text."""
        if isinstance(obj, LabelValues) and isinstance(argument, str):
            try:
                return obj[argument]
            except KeyError:
                return self.undefined(f"label {argument} is missing", name=argument)
        if isinstance(obj, str) and isinstance(argument, slice):
            return obj[argument]
        return self.undefined(obj=obj, name=argument)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Calculate with numbers only: texts are written one after the other."""
        for value in (left, right):
            if type(value) is not int:
                raise SecurityError(f"{operator} is for whole numbers only")
        return super().call_binop(context, operator, left, right)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        if len(source) > MAX_SOURCE:
            raise SecurityError(f"it is longer than {MAX_SOURCE} characters")
        tree = super()._parse(source, name, filename)
        for node in tree.find_all(nodes.Node):
            if not isinstance(node, _ALLOWED):
                word = type(node).__name__.lower()
                raise SecurityError(
                    f'only text and {{{{ … }}}} with labels and filters are allowed, not "{word}"'
                )
        return tree


def _text(value: Any) -> str:
    return str(value)  # raises UndefinedError for what is missing


def _encoded(value: Any) -> str:
    return value if isinstance(value, Encoded) else _urlencode(value)


def _urlencode(value: Any) -> Encoded:
    """Apply the filter urlencode, as Jinja's: everything but letters, digits and `_.-~/`."""
    return Encoded(_bounded(quote(str(value), safe="/")))


def _replace(value: Any, old: str, new: str) -> str:
    text = str(value)
    _bounded(" " * min(MAX_TEXT + 1, len(text) + text.count(old) * len(new)))
    return text.replace(old, new)


def _default(value: Any, default: Any = "", boolean: bool = False) -> Any:  # noqa: FBT001, FBT002  # as Jinja's
    return default if isinstance(value, StrictUndefined) or (boolean and not value) else value


def _bounded(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise SecurityError(f"the text is longer than {MAX_TEXT} characters")
    return text


FILTERS: Mapping[str, Callable[..., Any]] = {
    "capitalize": lambda value: str(value).capitalize(),
    "d": _default,
    "default": _default,
    "lower": lambda value: str(value).lower(),
    "replace": _replace,
    "title": lambda value: str(value).title(),
    "trim": lambda value: str(value).strip(),
    "upper": lambda value: str(value).upper(),
    "urlencode": _urlencode,
}
"""What may stand behind a `|`."""
