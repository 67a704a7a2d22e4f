"""Headers of Alertmanager's mails: those that can be set here, and copies."""

from email.utils import getaddresses

from gateway.config.grammar.channels.mail_headers import MOST_HEADERS, header_fault, header_value
from gateway.config.grammar.parsed import ParsedSection
from gateway.core.text.text_template import is_template
from gateway.importers.alertmanager.read.gotemplate import in_jinja
from gateway.importers.alertmanager.write.notes import Notes
from gateway.importers.alertmanager.write.templates import template_remark
from gateway.importers.emit import Block, Items, Remark, escape_references

SUBJECT = "subject"
COPY = "cc"


def copies(
    entry: ParsedSection, addresses: list[str], notes: Notes
) -> tuple[list[str], list[Remark]]:
    """Return the addresses under `to` that the header Cc names, and remarks about the others.

    Alertmanager sends to the addresses of `to` alone: the header only shows who is copied.
    """
    headers = {name.lower(): item.value for name, item in entry.map_of("headers").items()}
    shown = [one.lower() for _, one in getaddresses([headers.get(COPY, "")]) if one]
    copied = [one for one in addresses if one.lower() in shown]
    if len(copied) == len(addresses):
        copied = []  # somebody must be the recipient
    if set(shown) <= {one.lower() for one in copied}:
        return copied, []
    message = "headers: Cc: Alertmanager shows these addresses and sends no mail there"
    position = entry.position_of("headers")
    return copied, [notes.add_lost(position, f"{message}; write `cc: [...]` for a copy")]


def add_headers(entry: ParsedSection, block: Block, notes: Notes) -> list[Remark]:
    """Set the headers that can be set here; return the remarks about the others."""
    remarks: list[Remark] = []
    written = Block()
    for name, item in entry.map_of("headers").items():
        if name.lower() == SUBJECT:
            file = "email/subject.j2"
            remarks += template_remark("Subject", item.value, entry, "headers", file, notes)
        elif name.lower() != COPY and item.value:
            text, reason = _translate(name, item.value)
            if len(written.entries) == MOST_HEADERS:
                reason = f"{MOST_HEADERS} headers are allowed"
            if reason:
                remarks.append(notes.add_lost(item.position, f"headers: {name}: {reason}"))
            else:
                written.add(name, escape_references(text))
    if written.entries:
        block.add("headers", written)
    return remarks


def address_items(addresses: list[str]) -> Items:
    """Return addresses as they are written."""
    return Items([*map(escape_references, dict.fromkeys(addresses))])


def _translate(name: str, text: str) -> tuple[str, str]:
    """Return the text of a header here, and why it cannot be set (empty if it can)."""
    if fault := header_fault(name):
        return "", fault
    jinja = in_jinja(text) if is_template(text) else text
    if jinja is None:
        return "", "this Go template does more than name fields"
    try:
        header_value(name).parse(jinja)
    except ValueError as fault:
        return "", str(fault)
    return jinja, ""
