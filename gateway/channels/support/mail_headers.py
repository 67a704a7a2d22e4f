"""The headers that routes.yaml adds to a target's mails, with the facts of one message."""

from collections.abc import Mapping

from gateway.channels.support import facts as read
from gateway.core.incidents.message import Message
from gateway.core.plan.plan import Target
from gateway.core.text.escape import one_line
from gateway.core.text.text_template import Substitution, parse_text_template

LONGEST_VALUE = 500
"""Characters: mail servers refuse lines of more than 998 bytes (RFC 5322, 2.1.1)."""


def extra_headers(message: Message, target: Target) -> dict[str, str]:
    """Return the headers that the file adds, filled; those without text are omitted.

    Values are one line each also if a label has line ends, so no label can begin another header.
    """
    headers: dict[str, str] = {}
    for name, text in target.headers.items():
        template = parse_text_template(text)
        value = template.fill(lambda one: _value(message, one)) if template else text
        value = value.encode("utf-8", "replace").decode()  # a label may hold half a surrogate pair
        if value := one_line(value, LONGEST_VALUE):
            headers[name] = value
    return headers


def _value(message: Message, one: Substitution) -> str:
    if one.key:
        return _texts(message, one.source).get(one.key, "")
    facts = message.facts
    values = {
        "status": message.status,
        "severity": message.severity,
        "receiver": read.text(facts, "receiver"),
        "team": read.mapping(facts, "team").get("name", ""),
        "incident": str(message.incident) if message.incident else "",
        "name": read.shared_labels(facts).get("alertname", "") or read.text(facts, "title"),
    }
    return values.get(one.source, "")


def _texts(message: Message, source: str) -> Mapping[str, str]:
    if source == "labels":
        return read.shared_labels(message.facts)
    key = "common_annotations" if source == "annotations" else source
    return read.mapping(message.facts, key)
