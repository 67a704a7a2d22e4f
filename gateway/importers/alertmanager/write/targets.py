"""Targets of e-mail, PagerDuty and webhook from Alertmanager's integrations."""

import re
from collections.abc import Iterator
from email.utils import getaddresses

from gateway.config.grammar.durations import LONGEST_PATIENCE, SHORTEST_PATIENCE
from gateway.config.grammar.parsed import ParsedSection
from gateway.config.grammar.values import EMAIL
from gateway.core.plan.accounts import Secret
from gateway.core.time.timestamps import format_duration
from gateway.importers.alertmanager.read.rules import is_set
from gateway.importers.alertmanager.write.emit import Block, Remark
from gateway.importers.alertmanager.write.mail_headers import add_headers, copies, copy_items
from gateway.importers.alertmanager.write.receiver_context import (
    PLACEHOLDER,
    ReceiverContext,
    TranslatedTarget,
)
from gateway.importers.alertmanager.write.templates import template_remarks, unused_remark

MOST_ALERTS = 1_000_000
PAGERDUTY_SEVERITIES = ("critical", "error", "warning", "info")
DEFAULT_PAGERDUTY_SEVERITY = "error"  # notify/pagerduty

_SMTP = (
    "smarthost", "hello", "auth_username", "auth_password", "auth_password_file", "auth_secret",
    "auth_secret_file", "auth_identity", "require_tls", "tls_config", "force_implicit_tls",
)  # fmt: skip
_EVENT = ("client", "client_url", "details", "images", "links", "source", "class", "component",
          "group", "timeout")  # fmt: skip
_FROM_LABEL = re.compile(r"\{\{-?\s*\.(?:Common|Group)Labels\.severity\s*-?\}\}")


def email(entry: ParsedSection, context: ReceiverContext) -> TranslatedTarget:
    """Return e-mail addresses; an empty block where a template makes all of them."""
    block, notes = Block(), context.notes
    addresses = [address for _, address in getaddresses([entry.get("to")]) if address]
    valid_addresses = [one for one in addresses if _is_address(one)]
    remarks = []
    if "{{" in entry.get("to"):
        reason = "the address is made by a template, and addresses are fixed here"
        return TranslatedTarget(block, [notes.add_lost(entry.position_of("to"), f"to: {reason}")])
    if len(valid_addresses) < len(addresses) or not addresses:
        message = "to: not only addresses such as ana@example.com stand here"
        remarks.append(notes.add_lost(entry.position_of("to"), message))
    copied, copy_remarks = copies(entry, valid_addresses, notes)
    remarks += copy_remarks
    if valid_addresses:
        block.add("to", copy_items([one for one in valid_addresses if one not in copied]))
        if copied:
            block.add("cc", copy_items(copied))
        context.add_send_resolved("email", entry, block)
        remarks += add_headers(entry, block, notes)
    own = entry.get("from")
    if own and own != context.general.get("smtp_from"):
        message = "from: all mail has one sender, under channels: email: from:"
        remarks.append(notes.add_difference(entry.position_of("from"), message))
    remarks += unused_remark(entry, _SMTP, "mail goes through Postmark's API", notes)
    remarks += unused_remark(entry, ("threading",), "an incident's mails are a thread", notes)
    files = {"html": "email/html.j2", "text": "email/text.j2"}
    remarks += template_remarks(entry, files, notes)
    return TranslatedTarget(block, remarks)


def _is_address(text: str) -> bool:
    try:
        EMAIL.parse(text)
    except ValueError:
        return False
    return True


def pagerduty(entry: ParsedSection, context: ReceiverContext) -> TranslatedTarget:
    """Return a PagerDuty service, by Events API v2."""
    block, notes, remarks = Block(), context.notes, []
    name = f"PAGERDUTY_{context.receiver}_KEY"
    key = context.own_or_file(name, entry, "routing_key", PLACEHOLDER)
    if is_set(entry, "service_key") or is_set(entry, "service_key_file"):
        service_key = "service_key" if "service_key" in entry else "service_key_file"
        message = f"{service_key}: is for PagerDuty's Events API v1, the gateway speaks v2"
        remarks.append(
            notes.add_difference(
                entry.position_of(service_key), f"{message}: use the key of such an integration"
            )
        )
        key = key or context.own_or_file(name, entry, "service_key", PLACEHOLDER)
    block.add("routing_key", key or "")
    severity = entry.get("severity", "") or DEFAULT_PAGERDUTY_SEVERITY
    if severity in PAGERDUTY_SEVERITIES:
        block.add("severity", severity)
        if "severity" not in entry:
            message = "Alertmanager's default; without this line the event has the alert's severity"
            block.entries.append(Remark(message))
    elif _FROM_LABEL.fullmatch(severity.strip()) is None:
        message = "severity: is the alert's own here where PagerDuty knows the word, else info"
        remarks.append(notes.add_difference(entry.position_of("severity"), message))
    context.add_send_resolved("pagerduty", entry, block)
    if "url" in entry and entry.get("url") != context.general.get("pagerduty_url"):
        message = "url: one for all, under channels: pagerduty: api_url:"
        remarks.append(notes.add_lost(entry.position_of("url"), message))
    remarks += unused_remark(entry, _EVENT, "the event's fields are the gateway's own", notes)
    remarks += template_remarks(entry, {"description": "pagerduty/summary.j2"}, notes)
    remarks += context.request_remarks(entry)
    return TranslatedTarget(block, remarks)


def webhook(entry: ParsedSection, context: ReceiverContext) -> TranslatedTarget:
    """Return a URL; an empty block where a template makes it."""
    block, notes = Block(), context.notes
    name = f"WEBHOOK_{context.receiver}_URL"
    own: Secret | None = entry.get("url")
    if own is not None and "{{" in own.reveal():
        message = "url: is made by a template, and URLs are fixed here"
        return TranslatedTarget(block, [notes.add_lost(entry.position_of("url"), message)])
    config: ParsedSection | None = entry.get("http_config", context.general.get("http_config"))
    basic: ParsedSection | None = config.get("basic_auth") if config else None
    translated_keys: tuple[str, ...] = ()
    remarks: list[Remark] = []
    if own is not None and basic is not None:
        message = (
            "url, with the name and the password of basic_auth: https://NAME:PASSWORD@HOST/PATH,"
        )
        # The same URL with other credentials is another secret.
        both = Secret("\n".join([own.reveal(), _credentials(basic)]))
        placeholder = "https://name:placeholder@example.com/"
        url = context.secret(name, message, entry.position_of("url"), both, placeholder)
        translated_keys = ("basic_auth",)
    else:
        url = context.own_or_file(name, entry, "url", "https://example.com/placeholder") or ""
    block.add("url", url)
    bearer = _bearer(config, context) if config else None
    if bearer is not None:
        block.add("bearer", bearer)
        translated_keys = ("authorization", "bearer_token", "bearer_token_file")
    most = entry.get("max_alerts", 0)
    if most:
        block.add("max_alerts", min(most, MOST_ALERTS))
    context.add_send_resolved("webhook", entry, block)
    remarks += _timeout(entry, block, context)
    remarks += unused_remark(entry, ("payload",), "the body is Alertmanager's", notes)
    remarks += context.request_remarks(entry, translated_keys)
    return TranslatedTarget(block, remarks)


def _timeout(entry: ParsedSection, block: Block, context: ReceiverContext) -> Iterator[Remark]:
    """Set how long to wait for an answer, bounded as routes.yaml demands.

    Alertmanager waits without end unless the file sets a timeout.
    """
    seconds = entry.get("timeout", 0.0)
    if seconds <= 0:
        return
    timeout = round(min(max(seconds, SHORTEST_PATIENCE), LONGEST_PATIENCE), 3)
    block.add("timeout", format_duration(timeout))
    if abs(timeout - seconds) > 0.001:
        message = f"timeout: {format_duration(timeout)} is as near as a timeout comes here"
        yield context.notes.add_difference(entry.position_of("timeout"), message)


def _credentials(basic: ParsedSection) -> str:
    password: Secret | None = basic.get("password")
    texts = [basic.get(key, "") for key in ("username", "username_file", "password_file")]
    return "\n".join([*texts, password.reveal() if password else ""])


def _bearer(config: ParsedSection, context: ReceiverContext) -> str | None:
    """Return a reference to the bearer token of an `http_config`, if it has one."""
    name = f"WEBHOOK_{context.receiver}_TOKEN"
    authorization: ParsedSection | None = config.get("authorization")
    if authorization is None:
        return context.own_or_file(name, config, "bearer_token", PLACEHOLDER)
    if authorization.get("type", "").strip() not in ("", "Bearer"):
        return None
    return context.own_or_file(name, authorization, "credentials", PLACEHOLDER)
