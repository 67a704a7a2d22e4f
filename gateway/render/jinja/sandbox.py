"""The Jinja environments: one for each way of escaping, none that a template can break out of.

A value is only ever printed, never evaluated: ``{{ 7*7 }}`` in a label stays as it is. The
environments differ in what an expression's output goes through by itself:

- plain: nothing more (e-mail text, PagerDuty, console);
- slack: `slack_escape`, so that no label becomes a mention or a link;
- html: HTML escaping.

What a template marks with ``|safe`` is taken as it is.
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
from gateway.render.jinja.rewrite import CHARGE, CONCAT, rewrite
from gateway.render.view.clean import Labels, clean, cut
from gateway.render.view.table import Row, Table
from gateway.render.view.times import clock_time, duration
from gateway.render.view.view import AlertView

# These make text or lists of any width, or write HTML of their own, or play dice.
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
    """Text whose escaping is done: it is printed as it is."""


class TemplateEnvironment(ImmutableSandboxedEnvironment):
    """An environment whose `finalize` escapes what expressions print, by `escaping`."""

    intercepted_binops = frozenset(("+", "*", "**", "%"))

    def __init__(
        self,
        loader: BaseLoader,
        escaping: Callable[[str], str] | None,
        html: bool,
    ) -> None:
        self.meter = Meter()
        self.escaping = escaping
        super().__init__(
            loader=loader,
            undefined=StrictUndefined,
            # Also for Slack: it makes macros and {% set %} blocks return marked text, so that
            # their output is not escaped once more where they are used.
            autoescape=html or escaping is not None,
            finalize=self.printed,
            auto_reload=False,
            cache_size=-1,
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
        """Plain dicts: the chain of maps that Jinja makes is slow to read for each message."""
        return {**self.globals, **(d or {})}

    def printed(self, value: Any) -> Any:
        """What an expression puts into the message."""
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
        """The filters e and escape: this environment's own escaping."""
        if self.escaping is not None or not self.autoescape:
            return self.printed(value)
        return escape(self.printed(value))

    def getattr(self, obj: Any, attribute: str) -> Any:
        """As the sandbox's own, with a short way to what is known to be harmless."""
        if type(obj) in _OWN and attribute[:1] != "_":
            try:
                return getattr(obj, attribute)
            except AttributeError:
                return self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)

    def texts(self, parts: list[Any]) -> str:
        """What ``a ~ b`` becomes."""
        if all(type(part) is str for part in parts):
            text = "".join(parts)
            check_size(len(text))
            return text
        return self.joined(parts)

    def joined(self, parts: Iterable[Any], between: Any = "", attribute: Any = None) -> str:
        """The filter join, bounded, and escaping where one of the parts is marked text."""
        found = [self.getattr(part, attribute) if attribute else part for part in parts]
        check_size(sum(len(p) if isinstance(p, str) else 20 for p in found))
        check_size(len(found) * len(str(between)))
        if self.autoescape and any(hasattr(p, "__html__") for p in (*found, between)):
            marked = [self.escape_now(part) for part in found]
            return Marked(str(self.escape_now(between)).join(map(str, marked)))
        return str(between).join([p if isinstance(p, str) else str(p) for p in found])

    def replaced(self, text: Any, old: Any, new: Any) -> Any:
        """The filter replace, bounded."""
        value, old, new = str(text), str(old), str(new)
        check_size(len(value) + value.count(old) * len(new))
        done = value.replace(old, new)
        return Marked(done) if hasattr(text, "__html__") else done

    def names(self, values: Iterable[Any], most: int = 5) -> str:
        """The filter names: "ana, ben and 3 more"."""
        found = [one_line(str(value), 100) for value in values]
        if len(found) > most:
            return ", ".join(found[:most]) + f" and {len(found) - most} more"
        *others, last = found or [""]
        return f"{', '.join(others)} and {last}" if others else last

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Bounded arithmetic."""
        check_operation(operator, left, right)
        if operator == "+" and isinstance(left, str) and isinstance(right, str):
            return self.joined((left, right))
        return super().call_binop(context, operator, left, right)

    def wrap_str_format(self, value: Any) -> None:
        """No special way for ``str.format``: it is not among the methods allowed."""

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Reading methods of text and lists, and everything public of our own values."""
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


@pass_context  # or the compiler would work it out once, while it compiles
def _charge_steps(context: Context, steps: int) -> None:
    """What the rewritten tree calls in loops and macros."""
    _meter(context).spend(steps)


def _meter(context: Context) -> Meter:
    environment = context.environment
    assert isinstance(environment, TemplateEnvironment)
    return environment.meter


@pass_context
def _clock(context: Context, t: Any) -> str:
    """The filter clock: an instant (unix seconds) on the reader's wall clock, with its zone."""
    if isinstance(t, Undefined):
        return str(t)
    # Not from the context: a macro that was imported without it must know the zone, too.
    meter = _meter(context)
    return "" if t is None else clock_time(float(t), meter.zone, meter.at)


def _code(text: Any) -> Marked:
    """The filter code, for Slack: text between backticks, which no backtick inside can end."""
    plain = one_line(str(text)).replace("`", "'")
    return Marked(f"`{slack_escape(plain)}`") if plain else Marked("")


def _slack_link(url: Any, label: Any) -> Marked:
    """The filter slack_link: ``{{ link.runbook|slack_link("Runbook") }}``."""
    return Marked(slack_link(str(url), str(label)))


FILTERS: Mapping[str, Callable[..., Any]] = {
    "clock": _clock,
    # Jinja's own computes 10 ** precision, whatever that is.
    "round": lambda value, precision=0: round(float(value), min(int(precision), 15)),
    "duration": lambda seconds: "" if seconds is None else duration(float(seconds)),
    "one_line": lambda text, limit=None: one_line(str(text), limit),
    "cut": lambda text, limit: cut(str(text), int(limit)),
    "clean": lambda text, limit=1000: clean(str(text), int(limit)),
    "code": _code,
    "slack_link": _slack_link,
}
"""What templates have beside Jinja's own filters (and ``names``, which lists people)."""
