"""The keys of an account that sends e-mail through an SMTP server."""

import re
import ssl
from dataclasses import dataclass

from gateway.config.grammar.channels.common import ProviderKeys
from gateway.config.grammar.field_types import Choice, Text
from gateway.config.grammar.parsed import (
    Definitions,
    ParsedSection,
    ParsedValue,
    ReadContext,
    Schema,
    field_name,
    read_scalar,
)
from gateway.config.grammar.sections import Field
from gateway.config.grammar.values import SECRET, TEXT, count
from gateway.config.source.nodes import Node
from gateway.config.source.problem import Findings, SourcePosition, shorten
from gateway.core.urls.hosts import is_loopback

HOST, PORT, TLS, USERNAME, PASSWORD = "host", "port", "tls", "username", "password"
CA_FILE, HELLO = "ca_file", "hello"
STARTTLS, IMPLICIT, NO_TLS = "starttls", "implicit", "none"

DEFAULT_PORTS = {STARTTLS: 587, IMPLICIT: 465, NO_TLS: 25}
"""RFC 6409 (submission), RFC 8314 (submissions) and RFC 5321."""

LARGEST_CA_FILE = 1024 * 1024
"""Bytes of a file of certificates. The system's own has about 200 kB."""

_HOST = re.compile(
    r"(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*"
)


def _host(text: str) -> str:
    before, colon, after = text.rpartition(":")
    if colon and ":" not in before and after.isdecimal():
        raise ValueError(f'"{text}": write the port apart: host: {before}, port: {after}')
    if _HOST.fullmatch(text) is None:
        raise ValueError(f'"{text}" is not the name or address of a server: smtp.example.com')
    return text


@dataclass(eq=False, repr=False)
class Certificates:
    """The path of a file with certificates of authorities (PEM). Its value is their text."""

    type_name: str = "path of a PEM file"

    def read(self, node: Node, path: str, context: ReadContext) -> ParsedValue | None:
        text = read_scalar(node, path, self.type_name, context)
        if text is None:
            return None
        references = context.references
        try:
            content = references.read_file(references.folder / references.expand(text))
            pem = content.decode("ascii", "ignore")
            if len(content) > LARGEST_CA_FILE or "-----BEGIN CERTIFICATE-----" not in pem:
                raise ValueError("it is not a file of certificates in PEM")
            ssl.create_default_context(cadata=pem)
        except ssl.SSLError:
            reason = "its certificates cannot be read"
        except (OSError, ValueError) as fault:
            reason = getattr(fault, "strerror", None) or str(fault)
        else:
            return ParsedValue(pem, SourcePosition(node.line, node.column, path), text)
        message = f"{field_name(path)}: {shorten(text)} cannot be used: {reason}"
        context.error(node, path, message, text=text)
        return None

    def schema(self, known: Definitions) -> Schema:
        return {"type": "string"}


SMTP_FIELDS = (
    Field(HOST, Text("host", _host), "The SMTP server.", "none", "smtp.example.com"),
    Field(
        PORT,
        count(1, 65535),
        "The SMTP server's port.",
        "587 for starttls, 465 for implicit, 25 for none",
        "587",
    ),
    Field(
        TLS,
        Choice((STARTTLS, IMPLICIT, NO_TLS)),
        "How the connection to the SMTP server is encrypted. `starttls` is required, not only "
        "tried; `implicit` begins with TLS; `none` is for a server on this machine.",
        STARTTLS,
        IMPLICIT,
    ),
    Field(USERNAME, TEXT, "The name to log in to the SMTP server with.", "none", "alerts"),
    Field(
        PASSWORD,
        SECRET,
        "The password of `username`. When it is empty: see "
        "[empty tokens and keys](channels.md#empty-tokens-and-keys).",
        "none",
        '"${SMTP_PASSWORD}"',
    ),
    Field(
        CA_FILE,
        Certificates(),
        "A file with the certificates of the authorities that the SMTP server's certificate must "
        "come from, in place of the system's; relative to this file.",
        "the system's",
        "/etc/ssl/relay-ca.pem",
    ),
    Field(
        HELLO,
        Text("host", _host),
        "What the gateway calls itself to the SMTP server.",
        "the domain of `from`",
        "alerts.example.com",
    ),
)


def _check(entry: ParsedSection, findings: Findings) -> None:
    """Note keys that contradict each other, and connections that anybody can read."""
    for key, other in ((USERNAME, PASSWORD), (PASSWORD, USERNAME)):
        if key in entry and entry.lacks(other):
            findings.error(entry.position_of(key), f"{key}: it needs {other} beside it")
    tls, port, host = entry.get(TLS, STARTTLS), entry.get(PORT), entry.get(HOST, "")
    for mode, usual in DEFAULT_PORTS.items():
        if port == usual and tls != mode and NO_TLS not in (mode, tls):
            message = f"{PORT}: {port} is usually that of {TLS}: {mode}, and {TLS} is {tls}"
            findings.warn(entry.position_of(PORT), message)
    if tls != NO_TLS or not host or is_loopback(host):
        return
    if PASSWORD in entry:
        message = (
            f"{TLS}: none would send the password readably through the network: "
            f"write {STARTTLS} or {IMPLICIT}"
        )
        findings.error(entry.position_of(TLS), message)
        return
    message = (
        f"{TLS}: none: everyone between here and {shorten(host)} can read the messages and press "
        f"their acknowledge links; write {STARTTLS} or {IMPLICIT}"
    )
    findings.warn(entry.position_of(TLS), message)


SMTP = ProviderKeys(
    tuple(one.name for one in SMTP_FIELDS),
    required=(HOST,),
    credentials=(PASSWORD,),
    optional=True,
    check=_check,
)
