"""The grammar of calendars: where they are read, and how."""

import re
from dataclasses import dataclass

from gateway.config.grammar.durations import POSITIVE_DURATION
from gateway.config.grammar.field_types import Choice
from gateway.config.grammar.parsed import (
    Definitions,
    ParsedValue,
    ReadContext,
    Schema,
    field_name,
    read_scalar,
)
from gateway.config.grammar.rota_values import HOLIDAY
from gateway.config.grammar.sections import Field, Section
from gateway.config.grammar.values import PROXY
from gateway.config.source.nodes import Node, ScalarNode
from gateway.config.source.problem import SourcePosition
from gateway.config.source.references import InvalidReferenceError, SecretText, has_reference
from gateway.core.urls.web_url import web_url

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_WEB = ("http", "https", "webcal", "webcals")


@dataclass(frozen=True, slots=True)
class CalendarLocation:
    """A calendar's URL, always a secret, or the path of its file; `address` may be shown."""

    address: str
    url: SecretText | None = None
    path: str = ""


@dataclass(eq=False, repr=False)
class HolidaysType:
    """A region, a date, or a calendar."""

    type_name: str = "region such as DE-BE, date, or calendar"

    def read(self, node: Node, path: str, context: ReadContext) -> ParsedValue | None:
        if isinstance(node, ScalarNode) and _names_calendar(node.text, context):
            return PUBLIC_CALENDAR.read(node, path, context)
        return HOLIDAY.read(node, path, context)

    def schema(self, known: Definitions) -> Schema:
        return HOLIDAY.schema(known)


def _names_calendar(text: str, context: ReadContext) -> bool:
    """Return whether a text is a URL or the path of a calendar, also from outside of the file."""
    try:
        text = context.references.expand(text)
    except InvalidReferenceError:
        return False  # `HOLIDAY` reports it
    return "://" in text or text.lower().endswith(".ics")


@dataclass(eq=False, repr=False)
class CalendarType:
    """The URL of an iCalendar feed, or the path of a file. Read as a CalendarLocation.

    `public`: it may be written in the file, as the URL of a public holiday calendar may.
    """

    type_name: str = "URL or file of an iCalendar"
    public: bool = False

    def read(self, node: Node, path: str, context: ReadContext) -> ParsedValue | None:
        text = read_scalar(node, path, self.type_name, context)
        if text is None:
            return None
        position = SourcePosition(node.line, node.column, path)
        try:
            secret = context.references.secret(text)
            value = secret.secret.reveal()
            if not value:
                return None  # ${NAME:-} allows an empty value
            return ParsedValue(self._location(text, secret, position, context), position, text)
        except InvalidReferenceError as fault:
            context.findings.error(position, str(fault), suggestion=fault.suggestion)
        except ValueError as fault:
            # Without the text: the URL of a calendar is a secret.
            context.findings.error(position, f"{field_name(path)}: {fault}")
        return None

    def _location(
        self, text: str, secret: SecretText, position: SourcePosition, context: ReadContext
    ) -> CalendarLocation:
        value = secret.secret.reveal()
        scheme = _SCHEME.match(value)
        if scheme is None:
            if value.endswith("/") or "\0" in value:
                raise ValueError("the path of a file belongs here, or a URL that begins https://")
            address = context.references.secret(text, public=True).address
            return CalendarLocation(address if has_reference(text) else text, path=value)
        if scheme[1].lower() not in _WEB:
            raise ValueError("a URL begins with https:// here, or with http:// or webcal://")
        web_url(calendar_url(value))
        if self.public and not has_reference(text):
            return CalendarLocation(text, secret)
        if not has_reference(text):
            message = "the URL of a calendar is a secret: put it into the environment (${NAME}), "
            message += "or into a file (${file:PATH})"
            context.findings.warn(position, f"{field_name(position.path)}: {message}")
        return CalendarLocation(secret.address, secret)

    def schema(self, known: Definitions) -> Schema:
        return {"type": "string", "minLength": 1}


def calendar_url(text: str) -> str:
    """Return the URL to request: webcal:// is what calendar programs write for https://."""
    scheme, separator, rest = text.partition("://")
    return f"https{separator}{rest}" if scheme.lower().startswith("webcal") else text


CALENDAR = CalendarType()
PUBLIC_CALENDAR = CalendarType(public=True)
HOLIDAYS = HolidaysType()

CALENDARS = Section(
    "calendars",
    "How the calendars of `ical:` and of holidays are read, while the gateway runs.",
    (
        Field("refresh", POSITIVE_DURATION, "How often each one is read.", "5m", "15m"),
        Field(
            "confirm_after",
            POSITIVE_DURATION,
            "How long a calendar that suddenly lost all or most of its future events must stay so "
            "before that is believed. Until then the last good copy is used.",
            "6h",
            "1h",
        ),
        Field(
            "private_addresses",
            Choice(("allow", "refuse")),
            "Whether a URL may lead into a private network.",
            "allow",
            "refuse",
        ),
        Field(
            "proxy",
            PROXY,
            "An HTTP proxy for them. The environment's proxies are not used.",
            "none",
            "http://proxy.example.com:3128",
        ),
    ),
    optional=True,
)
