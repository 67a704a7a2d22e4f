"""The keys of ntfy in routes.yaml."""

import re
from dataclasses import dataclass

from gateway.config.grammar.channels.common import (
    ACCOUNT_FIELD,
    PROVIDER,
    PROXY_FIELD,
    SEND_RESOLVED_FIELD,
    TOKEN,
    ChannelGrammar,
    ProviderKeys,
)
from gateway.config.grammar.field_types import Choice
from gateway.config.grammar.lists import ListOf, MapOf
from gateway.config.grammar.parsed import (
    Definitions,
    ParsedSection,
    ParsedValue,
    ReadContext,
    Schema,
    field_name,
    read_scalar,
)
from gateway.config.grammar.sections import Field, Section
from gateway.config.grammar.values import PLAIN_URL, SECRET, TEXT, count
from gateway.config.source.nodes import Node
from gateway.config.source.problem import Findings, SourcePosition, shorten
from gateway.config.source.references import InvalidReferenceError, has_reference
from gateway.core.text.ntfy_topic import is_topic

URL, USERNAME, PASSWORD, PRIORITIES = "url", "username", "password", "priorities"

_READABLE = re.compile(r"http://", re.IGNORECASE)


@dataclass(eq=False, repr=False)
class Topic:
    """The name of a topic. With a reference it is a secret, and its value a SecretText."""

    type_name: str = "topic"

    def read(self, node: Node, path: str, context: ReadContext) -> ParsedValue | None:
        text = read_scalar(node, path, self.type_name, context)
        if text is None:
            return None
        position = SourcePosition(node.line, node.column, path)
        try:
            secret = context.references.secret(text)
        except InvalidReferenceError as fault:
            context.findings.error(position, str(fault), text=text, suggestion=fault.suggestion)
            return None
        value = secret.secret.reveal()
        from_outside = has_reference(text)
        if not is_topic(value) and (value or not from_outside):
            name = "its value" if from_outside else f'"{shorten(text)}"'
            message = f"{name} is not a topic: 1 to 64 letters, digits, - and _, as in ana-x7Kq"
            context.findings.error(position, f"{field_name(path)}: {message}")
            return None
        return ParsedValue(secret if from_outside else value, position, text)

    def schema(self, known: Definitions) -> Schema:
        return {"type": "string"}


_ACCOUNT = Section(
    "ntfy channel",
    "A server of ntfy, which pushes messages to phones.",
    (
        Field(
            PROVIDER,
            Choice(("ntfy", "console")),
            "`console` shows the messages instead.",
            "ntfy",
            "console",
        ),
        Field(
            URL,
            PLAIN_URL,
            "The server: your own, or the public `https://ntfy.sh`.",
            "none; needed to send",
            "https://ntfy.example.com",
        ),
        Field(TOKEN, SECRET, "An access token of the server.", "none", '"${NTFY_TOKEN}"'),
        Field(USERNAME, TEXT, "A user of the server, in place of a token.", "none", "gateway"),
        Field(PASSWORD, SECRET, "The password of `username`.", "none", '"${NTFY_PASSWORD}"'),
        Field(
            PRIORITIES,
            MapOf("severity", count(1, 5)),
            "The priority of a message about a firing incident, by severity. 5 breaks through "
            "do-not-disturb if the phone allows it, 1 is not shown at once.",
            "5 for urgent severities, 3 for others",
            "{critical: 5, warning: 4, info: 2}",
        ),
        PROXY_FIELD,
    ),
    elsewhere={"api_url": 'write "url"', "topic": "it belongs to a receiver: ntfy: [{topic: …}]"},
    optional=True,
)

_TARGET = Section(
    "ntfy target",
    "A topic, to which phones subscribe.",
    (
        Field(
            "topic",
            Topic(),
            "The topic. On a server that anyone may read, its name is a secret: write a reference.",
            "",
            "billing-alerts",
            required=True,
        ),
        ACCOUNT_FIELD,
        SEND_RESOLVED_FIELD,
    ),
)


def _check(entry: ParsedSection, findings: Findings) -> None:
    """Note credentials that contradict each other, and those that anybody can read."""
    if TOKEN in entry and (USERNAME in entry or PASSWORD in entry):
        message = f"{TOKEN}: it is used in place of {USERNAME} and {PASSWORD}; remove one of them"
        findings.error(entry.position_of(TOKEN), message)
    for key, other in ((USERNAME, PASSWORD), (PASSWORD, USERNAME)):
        if key in entry and entry.lacks(other):
            findings.error(entry.position_of(key), f"{key}: it needs {other} beside it")
    secret = next((key for key in (TOKEN, PASSWORD) if key in entry), None)
    if secret is not None and _READABLE.match(entry.get(URL, "")):
        message = f"{URL}: everyone on the way can read the {secret} and the messages; write https"
        findings.warn(entry.position_of(URL), message)


GRAMMAR = ChannelGrammar(
    account=Field(
        "ntfy",
        _ACCOUNT,
        "Push messages by ntfy.",
        "none",
        '{url: "https://ntfy.example.com", token: "${NTFY_TOKEN}"}',
    ),
    target=Field("ntfy", ListOf(_TARGET), "Push messages.", "none", "[{topic: billing-alerts}]"),
    address="topic",
    providers={
        "ntfy": ProviderKeys(
            (URL, TOKEN, USERNAME, PASSWORD, PRIORITIES, PROXY_FIELD.name),
            required=(URL,),
            credentials=(TOKEN, PASSWORD),
            optional=True,
            check=_check,
        )
    },
)
