"""Field types of secrets, and of URLs that may hold one."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from gateway.config.grammar.parsed import (
    Definitions,
    ParsedValue,
    ReadContext,
    Schema,
    field_name,
    read_scalar,
)
from gateway.config.source.nodes import Node
from gateway.config.source.problem import SourcePosition
from gateway.config.source.references import (
    InvalidReferenceError,
    SecretText,
    has_reference,
    only_references,
)
from gateway.core.urls.web_url import WebUrl, web_url

_PASSWORD = re.compile(r"https?://[^/]*@", re.IGNORECASE)
_LIKE_REFERENCE = re.compile(r"\$[A-Za-z_]\w*|\$\(\w+\)|%\w+%|\{\{.*\}\}|<[^<>]+>")
_WITH_TOKEN = tuple(
    re.compile(rf"https?://{form}", re.IGNORECASE)
    for form in (
        r"hooks\.slack\.com/",
        r"(?:\w+\.)?discord(?:app)?\.com/api/webhooks/",
        r"[^/]+\.webhook\.office\.com/",
        r"hooks\.zapier\.com/",
        r"api\.telegram\.org/bot",
        r"[^?]*\?(?:.*&)?(?:\w*token|(?:api)?[-_]?key|sig|signature|secret|password)=",
    )
)
WEB_PATTERN = "^[Hh][Tt][Tt][Pp][Ss]?://"
"""What the JSON Schema asks of a URL; `gateway check` asks for more."""


@dataclass(eq=False, repr=False)
class SecretType:
    """A secret. Its value is a SecretText, which is never shown."""

    type_name: str = "secret"
    blank: bool = False  # whether '' is a value: none, where another one would be inherited

    def read(self, node: Node, path: str, context: ReadContext) -> ParsedValue | None:
        text = read_scalar(node, path, "a secret", context)
        if text is None:
            return None
        position = SourcePosition(node.line, node.column, path)
        try:
            value = context.references.secret(text)
        except InvalidReferenceError as fault:
            public = text if only_references(text) and ":-" not in text else ""
            context.findings.error(position, str(fault), text=public, suggestion=fault.suggestion)
            return None
        if value.empty and self.blank:
            return ParsedValue(value, position)
        if value.empty and not has_reference(text):
            context.findings.error(position, f"{field_name(path)}: must not be empty")
            return None
        if value.secret.reveal() != value.secret.reveal().strip():
            context.findings.error(
                position,
                f"{field_name(path)}: the secret is blank, or has white space at its beginning or "
                "end: remove it where the secret is stored",
                text=text if only_references(text) and ":-" not in text else "",
            )
            return None
        if _LIKE_REFERENCE.fullmatch(text):
            message = (
                "this is taken as the secret itself; ${NAME}, with braces, reads the environment"
            )
            context.findings.warn(position, f"{field_name(path)}: {message}")
        elif not only_references(text):
            context.findings.warn(
                position,
                f"{field_name(path)}: the secret stands in the file itself; put it into the "
                "environment (${NAME}) or into a file (${file:PATH})",
            )
        return ParsedValue(value, position)

    def schema(self, known: Definitions) -> Schema:
        return {"type": "string"} if self.blank else {"type": "string", "minLength": 1}


@dataclass(eq=False, repr=False)
class Url:
    """An http(s) URL. With a reference or a password in it, its value is a SecretText.

    `secret`: anyone who knows the URL can use it, so its value is always a SecretText.
    """

    type_name: str = "URL"
    parse: Callable[[str], WebUrl | str] = web_url
    secret: bool = False
    pattern: str = WEB_PATTERN

    def read(self, node: Node, path: str, context: ReadContext) -> ParsedValue | None:
        text = read_scalar(node, path, "a URL", context)
        if text is None:
            return None
        position = SourcePosition(node.line, node.column, path)
        try:
            public = not self.secret and _PASSWORD.match(text) is None
            secret = context.references.secret(text, public=public)
        except InvalidReferenceError as fault:
            context.findings.error(position, str(fault), suggestion=fault.suggestion)
            return None
        url = secret.secret.reveal()
        from_outside = has_reference(text)
        if url or not from_outside:
            try:
                self.parse(url)
            except ValueError as fault:
                # Without the text: many a URL holds a token.
                context.findings.error(position, f"{field_name(path)}: {fault}")
                return None
        if self.secret:
            if not only_references(text):
                message = "the URL is a secret; put all of it into the environment (${NAME})"
                context.findings.warn(position, f"{field_name(path)}: {message}")
        elif not public:
            message = "the URL holds a password; put it into the environment"
            context.findings.warn(position, f"{field_name(path)}: {message}")
        elif not from_outside and _holds_token(url):
            public = False
            secret = context.references.secret(text, public=public)
            message = "the URL holds a token; put all of it into the environment (${NAME})"
            context.findings.warn(
                position, f"{field_name(path)}: {message}, or into a file (${{file:PATH}})"
            )
        return ParsedValue(url if public and not from_outside else secret, position)

    def schema(self, known: Definitions) -> Schema:
        return {"type": "string", "pattern": rf"{self.pattern}|\$\{{"}


def _holds_token(url: str) -> bool:
    """Return whether anyone who knows this URL can post to it."""
    return any(known.match(url) for known in _WITH_TOKEN)


def secret_of(item: ParsedValue | None) -> SecretText | None:
    """Return the secret of a field, None without one or when its references are empty."""
    value = None if item is None else item.value
    return value if isinstance(value, SecretText) and not value.empty else None
