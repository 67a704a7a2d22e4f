"""The sandboxed Jinja environments, one for each kind of escaping.

A value is printed, never evaluated: ``{{ 7*7 }}`` in a label stays as it is. The environments
differ in how they escape the output of expressions:

- plain: not at all (e-mail text, PagerDuty, console);
- a `Markup`: by its `escape`, so that no label becomes a mention or a link in Slack;
- html: HTML escaping.

Output that a template marks with ``|safe`` is not escaped.
"""

from collections.abc import Callable, Iterable, Mapping, MutableMapping
from typing import Any

from jinja2 import BaseLoader, StrictUndefined, nodes, pass_context
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context, LoopContext, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from gateway.core.incidents.message import Link
from gateway.core.text.escape import one_line, slack_escape, slack_link
from gateway.render.jinja.budget import (
    CHARACTERS_PER_STEP,
    MAX_TEXT,
    Meter,
    check_operation,
    check_size,
)
from gateway.render.jinja.code_cache import CodeCache
from gateway.render.jinja.rewrite import CHARGE, CONCAT, rewrite
from gateway.render.view.clean import Labels, clean, cut
from gateway.render.view.table import Row, Table
from gateway.render.view.times import clock_time, duration
from gateway.render.view.view import AlertView

# These make text or lists of any size, write HTML, or are random.
_UNBOUNDED = {
    "batch",
    "center",
    "format",
    "indent",
    "pprint",
    "random",
    "slice",
    "tojson",
    "urlize",
} | {"wordwrap", "xmlattr"}
_TEXT_METHODS = (
    {"capitalize", "casefold", "count", "endswith", "find", "index", "isalnum", "isalpha"}
    | {"isascii", "isdecimal", "isdigit", "islower", "isnumeric", "isspace", "isupper", "lower"}
    | {"lstrip", "partition", "removeprefix", "removesuffix", "rfind", "rindex", "rpartition"}
    | {"rsplit", "rstrip", "split", "splitlines", "startswith", "strip", "swapcase", "title"}
    | {"upper"}
)
_LIST_METHODS = frozenset(("count", "index", "items", "keys", "values", "get", "copy"))
_OWN = frozenset((AlertView, Labels, Link, LoopContext, Row, Table))
_PLAIN = (int, float, bytes, bytearray, complex, range)


class Marked(Markup):
    """Escaped text, which is printed unchanged."""


class TemplateEnvironment(ImmutableSandboxedEnvironment):
    """An environment whose `finalize` escapes what expressions print, by `escaping`."""

    intercepted_binops = frozenset(("+", "*", "**", "%"))

    def __init__(
        self,
        loader: BaseLoader,
        escaping: Callable[[str], str] | None,
        *,
        html: bool,
    ) -> None:
        self.meter = Meter()
        self.escaping = escaping
        super().__init__(
            loader=loader,
            undefined=StrictUndefined,
            # Also for a markup: then macros and {% set %} blocks return marked text, which is not
            # escaped again where it is used.
            autoescape=html or escaping is not None,
            finalize=self.printed,
            auto_reload=False,
            cache_size=-1,
            bytecode_cache=CodeCache((escaping, html)),
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=False,
        )
        for name in _UNBOUNDED:
            del self.filters[name]
        self.filters.update(FILTERS)
        for name in ("e", "escape", "forceescape"):
            self.filters[name] = self.escape_now
        self.filters["join"] = self.joined
        self.filters[CONCAT] = self.texts
        self.filters[CHARGE] = _charge_steps
        self.filters["replace"] = self.replaced
        self.filters["names"] = self.names
        del self.globals["lipsum"]

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return a plain dict, because the chain of maps that Jinja makes is slow."""
        return {**self.globals, **(d or {})}

    def printed(self, value: Any) -> Any:
        """Return the text that an expression adds to the message."""
        if type(value) is str:
            text = value
        elif value is None or type(value) is Undefined:  # the else that {{ x if y }} lacks
            return ""
        elif hasattr(value, "__html__"):
            text = value
        else:
            text = str(value)  # raises for an undefined name
        if len(text) > CHARACTERS_PER_STEP:
            self.meter.spend(len(text) // CHARACTERS_PER_STEP)
        if not text.isprintable() and not hasattr(text, "__html__"):
            text = clean(text, MAX_TEXT)
        if self.escaping is not None and not hasattr(text, "__html__"):
            return Marked(self.escaping(text))
        return text

    def escape_now(self, value: Any) -> Any:
        """Apply the filters e and escape: this environment's escaping."""
        if self.escaping is not None or not self.autoescape:
            return self.printed(value)
        return escape(self.printed(value))

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return an attribute as the sandbox does, with a fast path for our own classes."""
        if type(obj) in _OWN and attribute[:1] != "_":
            try:
                return getattr(obj, attribute)
            except AttributeError:
                return self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)

    def texts(self, parts: list[Any]) -> str:
        """Return ``a ~ b``, bounded."""
        if all(type(part) is str for part in parts):
            text = "".join(parts)
            check_size(len(text))
            return text
        return self.joined(parts)

    def joined(self, parts: Iterable[Any], between: Any = "", attribute: Any = None) -> str:
        """Apply the filter join, bounded, and escaped if one of the parts is marked text."""
        values = [self.getattr(part, attribute) if attribute else part for part in parts]
        check_size(sum(len(p) if isinstance(p, str) else 20 for p in values))
        check_size(len(values) * len(str(between)))
        if self.autoescape and any(hasattr(p, "__html__") for p in (*values, between)):
            marked = [self.escape_now(part) for part in values]
            return Marked(str(self.escape_now(between)).join(map(str, marked)))
        return str(between).join([p if isinstance(p, str) else str(p) for p in values])

    def replaced(self, text: Any, old: Any, new: Any) -> Any:
        """Apply the filter replace, bounded."""
        value, old, new = str(text), str(old), str(new)
        check_size(len(value) + value.count(old) * len(new))
        done = value.replace(old, new)
        return Marked(done) if hasattr(text, "__html__") else done

    def names(self, values: Iterable[Any], most: int = 5) -> str:
        """Apply the filter names: "ana, ben and 3 more"."""
        names = [one_line(str(value), 100) for value in values]
        if len(names) > most:
            return ", ".join(names[:most]) + f" and {len(names) - most} more"
        *others, last = names or [""]
        return f"{', '.join(others)} and {last}" if others else last

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Check the operands of an operator, then apply it."""
        check_operation(operator, left, right)
        if operator == "+" and isinstance(left, str) and isinstance(right, str):
            return self.joined((left, right))
        return super().call_binop(context, operator, left, right)

    def wrap_str_format(self, value: Any) -> None:
        """Do nothing for ``str.format``, which is not among the allowed methods."""

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Allow read-only methods, and public attributes of our own values."""
        if isinstance(obj, str):
            return attr in _TEXT_METHODS
        if isinstance(obj, list | tuple | dict | set | frozenset):
            return attr in _LIST_METHODS
        if isinstance(obj, _PLAIN):
            return False
        if isinstance(obj, Labels):
            return not attr.startswith("_")
        return bool(super().is_safe_attribute(obj, attr, value))

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        if len(source) > MAX_TEXT:
            raise SecurityError(f"the template is longer than {MAX_TEXT} characters")
        return rewrite(super()._parse(source, name, filename))


@pass_context  # otherwise the compiler would evaluate it once, during compilation
def _charge_steps(context: Context, steps: int) -> None:
    """Charge steps; called by the rewritten tree in loops and macros."""
    _meter(context).spend(steps)


def _meter(context: Context) -> Meter:
    environment = context.environment
    assert isinstance(environment, TemplateEnvironment)
    return environment.meter


@pass_context
def _clock(context: Context, t: Any) -> str:
    """Apply the filter clock: unix seconds as the reader's wall clock, with its zone."""
    if isinstance(t, Undefined):
        return str(t)
    # Not from the context, which an imported macro may not have.
    meter = _meter(context)
    return "" if t is None else clock_time(float(t), meter.zone, meter.at)


def _code(text: Any) -> Marked:
    """Apply the filter code, for Slack: text between backticks, with none inside."""
    plain = one_line(str(text)).replace("`", "'")
    return Marked(f"`{slack_escape(plain)}`") if plain else Marked("")


def _slack_link(url: Any, label: Any) -> Marked:
    """Apply the filter slack_link: ``{{ link.runbook|slack_link("Runbook") }}``."""
    return Marked(slack_link(str(url), str(label)))


FILTERS: Mapping[str, Callable[..., Any]] = {
    "clock": _clock,
    # Jinja's own computes 10 ** precision without a bound.
    "round": lambda value, precision=0: round(float(value), min(int(precision), 15)),
    "duration": lambda seconds: "" if seconds is None else duration(float(seconds)),
    "one_line": lambda text, limit=None: one_line(str(text), limit),
    "cut": lambda text, limit: cut(str(text), int(limit)),
    "clean": lambda text, limit=1000: clean(str(text), int(limit)),
    "code": _code,
    "slack_link": _slack_link,
}
"""The filters beside Jinja's own (and ``names``, which lists people)."""
