"""Targets of e-mail, PagerDuty and webhook from Alertmanager's integrations."""

import re
from collections.abc import Iterator
from email.utils import parseaddr

from gateway.config.grammar.durations import LONGEST_PATIENCE, SHORTEST_PATIENCE
from gateway.config.grammar.parsed import ParsedSection
from gateway.config.grammar.values import is_email
from gateway.core.plan.accounts import Secret
from gateway.core.text.text_template import is_template
from gateway.core.time.timestamps import format_duration
from gateway.importers.alertmanager.read.rules import is_set
from gateway.importers.alertmanager.write.label_addresses import (
    BY_LABEL,
    INSTEAD,
    PART,
    LabelAddress,
    label_address,
    label_values,
    split_addresses,
)
from gateway.importers.alertmanager.write.mail_headers import add_headers, address_items, copies
from gateway.importers.alertmanager.write.receiver_context import (
    PLACEHOLDER,
    ReceiverContext,
    TranslatedTarget,
)
from gateway.importers.alertmanager.write.templates import template_remarks, unused_remark
from gateway.importers.emit import Block, Items, Remark

MOST_ALERTS = 1_000_000
PAGERDUTY_SEVERITIES = ("critical", "error", "warning", "info")
DEFAULT_PAGERDUTY_SEVERITY = "error"  # notify/pagerduty

_EVENT_KEYS = ("client", "client_url", "details", "images", "links", "source", "class", "component",
          "group", "timeout")  # fmt: skip
_FROM_LABEL = re.compile(r"\{\{-?\s*\.(?:Common|Group)Labels\.severity\s*-?\}\}")


def email(entry: ParsedSection, context: ReceiverContext) -> TranslatedTarget:
    """Return e-mail addresses; an empty block where none can be translated."""
    block, notes = Block(), context.notes
    remarks = _add_addresses(entry, block, context)
    if block.empty:
        return TranslatedTarget(block, remarks)
    context.add_account("email", entry, block)
    context.add_send_resolved("email", entry, block)
    remarks += add_headers(entry, block, notes)
    remarks += unused_remark(entry, ("threading",), "an incident's mails are a thread", notes)
    files = {"html": "email/html.j2", "text": "email/text.j2"}
    remarks += template_remarks(entry, files, notes)
    return TranslatedTarget(block, remarks)


def _add_addresses(entry: ParsedSection, block: Block, context: ReceiverContext) -> list[Remark]:
    """Set `to`, `cc`, `allow` and `otherwise` from what can be translated."""
    notes, position = context.notes, entry.position_of("to")
    addresses = list(split_addresses(entry.get("to")))
    fixed = [one for one in addresses if not is_template(one) and is_email(one)]
    by_label = {one: label_address(one) for one in addresses if is_template(one)}
    remarks: list[Remark] = []
    if len(fixed) + len(by_label) < len(addresses) or not addresses:
        message = "to: not only addresses such as ana@example.com stand here"
        remarks.append(notes.add_lost(position, message))
    if None in by_label.values():
        message = f"to: a template cannot be translated; {INSTEAD}"
        remarks.append(notes.add_lost(position, message))
    templates = [one for one in by_label.values() if one is not None]
    copied, copy_remarks = copies(entry, fixed, notes)
    remarks += copy_remarks
    recipients = [one for one in fixed if one not in copied]
    if recipients or templates:
        block.add("to", address_items([*recipients, *(one.text for one in templates)]))
    if templates:
        patterns = [_email_pattern(one, context) for one in templates]
        block.add("allow", Items([*dict.fromkeys(patterns)]))
        block.add("otherwise", context.otherwise("email", templates[0], position))
        remarks.append(notes.add_difference(position, f"to: {BY_LABEL}"))
    if copied:
        block.add("cc", address_items(copied))
    return remarks


def _email_pattern(address: LabelAddress, context: ReceiverContext) -> str:
    """Return what may become of an address; of a whole one only addresses of the own domain."""
    if not address.is_whole:
        return address.pattern()
    _, sender = parseaddr(context.general.get("smtp_from", ""))
    domain = sender.rpartition("@")[2] if is_email(sender) else "example.com"
    return f"{PART}@{re.escape(domain)}"


def pagerduty(entry: ParsedSection, context: ReceiverContext) -> TranslatedTarget:
    """Return a PagerDuty service, by Events API v2."""
    block, notes, remarks = Block(), context.notes, []
    name = f"PAGERDUTY_{context.receiver}_KEY"
    routing_key: Secret | None = entry.get("routing_key")
    if routing_key is not None and is_template(routing_key.reveal()):
        return _pagerduty_by_label(entry, routing_key.reveal(), context)
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
    return TranslatedTarget(block, remarks + _event(entry, block, context))


def _pagerduty_by_label(
    entry: ParsedSection, template: str, context: ReceiverContext
) -> TranslatedTarget:
    """Return a target with a key for each value of the label; keys are never made of labels."""
    block, notes, position = Block(), context.notes, entry.position_of("routing_key")
    address = label_address(template)
    labels = dict.fromkeys(address.labels) if address is not None else {}
    name = f"PAGERDUTY_{context.receiver}"
    meaning = f"routing_key of receiver {context.receiver}"
    if len(labels) != 1 or context.source_config is None:
        block.add("routing_key", notes.variable(f"{name}_KEY", meaning, position, PLACEHOLDER))
        message = (
            "routing_key: this template cannot be translated, and keys are never made of labels: "
            'write {label: team, keys: {billing: "${KEY}"}, otherwise: "${KEY}"}'
        )
        return TranslatedTarget(
            block, [notes.add_lost(position, message), *_event(entry, block, context)]
        )
    [label] = labels
    keys = Block()
    for value in label_values(context.source_config.root, label):
        text = f'{meaning} for alerts with {label}="{value}"'
        keys.add(value, notes.variable(f"{name}_{value}_KEY", text, position, PLACEHOLDER))
    text = f"{meaning} for alerts with another {label} or none" if keys.entries else meaning
    otherwise = notes.variable(f"{name}_KEY", text, position, PLACEHOLDER)
    if keys.entries:
        by_label = Block([("label", label), ("keys", keys), ("otherwise", otherwise)])
        block.add("routing_key", by_label)
        message = f"routing_key: a key for each {label} that the routes name; add others to `keys`"
        remark = notes.add_difference(position, message)
    else:
        block.add("routing_key", otherwise)
        message = (
            f"routing_key: keys are never made of labels, and no route names a {label}: write "
            f'{{label: {label}, keys: {{VALUE: "${{KEY}}"}}, otherwise: "${{KEY}}"}}'
        )
        remark = notes.add_lost(position, message)
    return TranslatedTarget(block, [remark, *_event(entry, block, context)])


def _event(entry: ParsedSection, block: Block, context: ReceiverContext) -> list[Remark]:
    """Set what is the same for every key; return the remarks about the event."""
    notes, remarks = context.notes, list[Remark]()
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
    remarks += unused_remark(entry, _EVENT_KEYS, "the event's fields are the gateway's own", notes)
    remarks += template_remarks(entry, {"description": "pagerduty/summary.j2"}, notes)
    remarks += context.request_remarks(entry)
    return remarks


def webhook(entry: ParsedSection, context: ReceiverContext) -> TranslatedTarget:
    """Return a URL; an empty block where a template makes it."""
    block, notes = Block(), context.notes
    name = f"WEBHOOK_{context.receiver}_URL"
    own: Secret | None = entry.get("url")
    if own is not None and "{{" in own.reveal():
        message = (
            "url: this template cannot be translated, because URLs are fixed here: write a "
            "receiver and a route for each URL"
        )
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
