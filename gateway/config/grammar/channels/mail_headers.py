"""The field types of `cc` and `headers` of e-mail: which headers a file may set."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from gateway.config.grammar.field_types import Text
from gateway.config.grammar.lists import ListOf, MapOf
from gateway.config.grammar.parsed import ParsedValue, ReadContext, field_name
from gateway.config.grammar.values import EMAIL, SENDER
from gateway.config.source.nodes import MappingNode, Node
from gateway.config.source.problem import SourcePosition, join
from gateway.core.plan.mail_headers import FACT_NAMES, REPLY_TO, TEXT_MAPS
from gateway.core.text.text_template import TextTemplate, is_template, parse_text_template

MOST_COPIES = 49
"""Addresses under `cc`: Postmark takes 50 recipients a mail (Email API)."""

MOST_HEADERS = 20
LONGEST_NAME = 60
"""Characters of a header's name: name and first word must fit into a line of 78 (RFC 5322)."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*", re.ASCII)
_BY_GATEWAY = "the gateway sets it"
_BY_POSTMARK = "the service that sends the mail sets it"
_THREADS = "the gateway sets it, so that the mails of an incident are a thread"

RESERVED: Mapping[str, str] = {
    "to": "every address under `to` gets a mail of its own",
    "cc": "write the key `cc` beside `to`",
    "bcc": "write a further entry with its own `to`: nobody sees the addresses of other entries",
    "subject": "its text is the template email/subject.j2",
    "from": "the sender is `from` of the account, under channels:",
    "sender": "the sender is `from` of the account, under channels:",
    "return-path": "the service that sends the mail sets it; bounces are reported to callbacks:",
    "message-id": _THREADS,
    "in-reply-to": _THREADS,
    "references": _THREADS,
    "auto-submitted": f"{_BY_GATEWAY}, so that nobody's absence is answered",
    "metadata": _BY_GATEWAY,
    "date": _BY_POSTMARK,
    "received": _BY_POSTMARK,
    "mime-version": _BY_POSTMARK,
    "authentication-results": _BY_POSTMARK,
}
"""Headers that a file cannot set, in small letters, each with what to write instead."""

RESERVED_BEGINNINGS: Mapping[str, str] = {
    "content-": _BY_POSTMARK,
    "resent-": _BY_POSTMARK,
    "received-": _BY_POSTMARK,
    "dkim-": _BY_POSTMARK,
    "domainkey-": _BY_POSTMARK,
    "arc-": _BY_POSTMARK,
    "x-pm-": "it controls Postmark: see message_stream and the other keys of the account",
    "x-gateway-": f"{_BY_GATEWAY}: choose another name",
}
"""Beginnings of such headers."""


def _header_value(text: str) -> str:
    if not text.isprintable():
        raise ValueError("a header is one line of text, without line ends or control characters")
    template = parse_text_template(text) if is_template(text) else TextTemplate(text, ())
    if template is None or not all(map(_is_known, template.substitutions)):
        raise ValueError(
            f'"{text}" is not the text of a header: in braces write {{{{ labels.team }}}}, '
            f"{{{{ annotations.summary }}}} or one of {', '.join(FACT_NAMES)}, perhaps with "
            "| lower or | upper behind"
        )
    return text


def _is_known(one: tuple[str, str, str]) -> bool:
    source, key, _ = one
    return source in TEXT_MAPS if key else source in FACT_NAMES


def _fixed_sender(text: str) -> str:
    if is_template(text):
        raise ValueError(f'"{text}": who gets replies is fixed, because labels come from anyone')
    return str(SENDER.parse(text))


HEADER_VALUE = Text("text of a header", _header_value)
REPLY_TO_VALUE = Text(SENDER.type_name, _fixed_sender)


def header_value(name: str) -> Text:
    """Return the type of the text of a header."""
    return REPLY_TO_VALUE if name.lower() == REPLY_TO.lower() else HEADER_VALUE


def _reserved(name: str) -> str:
    """Return why a file cannot set this header, and what to write instead; empty if it can."""
    lower = name.lower()
    if lower in RESERVED:
        return RESERVED[lower]
    return next((why for one, why in RESERVED_BEGINNINGS.items() if lower.startswith(one)), "")


@dataclass(eq=False, repr=False)
class HeaderMap(MapOf):
    """A mapping from names of headers to their texts."""

    def read(self, node: Node, path: str, context: ReadContext) -> ParsedValue | None:
        names: dict[str, str] = {}
        faulty = False
        for name, (key, item) in node.entries.items() if isinstance(node, MappingNode) else ():
            message = header_fault(name)
            if not message and name.lower() in names:
                earlier = names[name.lower()]
                message = f"the header {earlier} is set twice: capitals make no other header"
            if message:
                context.error(key, join(path, name), message, text=name)
                faulty = True
            elif name.lower() == REPLY_TO.lower():
                faulty |= REPLY_TO_VALUE.read(item, join(path, name), context) is None
            names.setdefault(name.lower(), name)
        if len(names) > MOST_HEADERS:
            position = SourcePosition(node.line, node.column, path)
            message = f"{field_name(path)}: {len(names)} headers; {MOST_HEADERS} are allowed"
            context.findings.error(position, message)
        return None if faulty else super().read(node, path, context)


def header_fault(name: str) -> str:
    """Return why a file cannot set a header of this name; empty if it can."""
    if len(name) > LONGEST_NAME or _NAME.fullmatch(name) is None:
        return f'"{name}" is not the name of a header: write letters, digits and -, such as X-Team'
    if why := _reserved(name):
        return f"the header {name} cannot be set here: {why}"
    return ""


@dataclass(eq=False, repr=False)
class CopyList(ListOf):
    """Addresses that get a copy, each once."""

    def read(self, node: Node, path: str, context: ReadContext) -> ParsedValue | None:
        result = super().read(node, path, context)
        seen: set[str] = set()
        for one in result.value if result is not None else ():
            if one.value.lower() in seen:
                message = f"{field_name(path)}: {one.value} is listed twice"
                context.findings.error(one.position, message, text=one.value)
            seen.add(one.value.lower())
        if len(seen) > MOST_COPIES:
            message = f"{field_name(path)}: {len(seen)} addresses; {MOST_COPIES} are allowed"
            context.error(node, path, f"{message}: write the address of a mailing list")
        return result


HEADER_MAP = HeaderMap("header", HEADER_VALUE)
COPY_LIST = CopyList(EMAIL, or_one=True)
