"""Slack channels of Alertmanager's integrations, and the one account they share."""

from collections.abc import Iterable

from gateway.config.grammar.parsed import ParsedSection
from gateway.core.plan.accounts import Secret
from gateway.core.text.text_template import is_template
from gateway.importers.alertmanager.read.check_integrations import POST_MESSAGE
from gateway.importers.alertmanager.read.rules import is_set
from gateway.importers.alertmanager.write.emit import Block, escape_references
from gateway.importers.alertmanager.write.label_addresses import (
    BY_LABEL,
    INSTEAD,
    PART,
    label_address,
)
from gateway.importers.alertmanager.write.notes import Notes
from gateway.importers.alertmanager.write.receiver_context import (
    PLACEHOLDER,
    ReceiverContext,
    TranslatedTarget,
)
from gateway.importers.alertmanager.write.templates import template_remarks, unused_remark

_FILES = {
    "title": "slack/title.j2",
    "text": "slack/text.j2",
    "pretext": "slack/text.j2",
    "message_text": "slack/text.j2",
}
_LAYOUT = (
    "username", "icon_emoji", "icon_url", "color", "title_link", "fields", "short_fields",
    "footer", "fallback", "callback_id", "image_url", "thumb_url", "link_names", "mrkdwn_in",
    "actions",
)  # fmt: skip
_STRATEGY = ("message_strategy", "threaded_options")
_INCOMING = "an incoming webhook has no counterpart: messages go through the app's bot token"


def slack(entry: ParsedSection, context: ReceiverContext) -> TranslatedTarget:
    """Return a channel; an empty block where its template cannot be translated."""
    block, notes, remarks = Block(), context.notes, []
    channel = entry.get("channel", "")
    if is_template(channel):
        position = entry.position_of("channel")
        address = label_address(channel)
        if address is None:
            message = f"channel: this template cannot be translated; {INSTEAD}"
            return TranslatedTarget(block, [notes.add_lost(position, message)])
        block.add("channel", escape_references(address.text))
        block.add("allow", f"#?{PART}" if address.is_whole else address.pattern())
        block.add("otherwise", context.otherwise("slack", address, position))
        remarks.append(notes.add_difference(position, f"channel: {BY_LABEL}"))
    elif not channel or channel != "".join(channel.split()):
        meaning = f"the Slack channel of receiver {context.receiver}, which its webhook implies"
        position = entry.position
        block.add(
            "channel",
            notes.variable(f"SLACK_{context.receiver}_CHANNEL", meaning, position, "#placeholder"),
        )
    else:
        block.add("channel", escape_references(channel))
        if channel.startswith("@"):
            message = "channel: people are reached by their member id (U…), not by their name"
            remarks.append(notes.add_difference(entry.position_of("channel"), message))
    context.add_send_resolved("slack", entry, block)
    for key in ("api_url", "api_url_file"):
        if is_set(entry, key) and not _is_post_message(entry.get(key)):
            remarks.append(notes.add_lost(entry.position_of(key), f"{key}: {_INCOMING}"))
    remarks += unused_remark(entry, _LAYOUT, "the layout of messages is the gateway's own", notes)
    reason = "one message for each incident here, updated, with what is new in its thread"
    remarks += unused_remark(entry, _STRATEGY, reason, notes)
    remarks += unused_remark(entry, ("timeout", "app_url"), "one account serves all", notes)
    remarks += template_remarks(entry, _FILES, notes)
    remarks += context.request_remarks(
        entry, ("authorization", "bearer_token", "bearer_token_file")
    )
    return TranslatedTarget(block, remarks)


def account(configs: Iterable[ParsedSection], general: ParsedSection, notes: Notes) -> Block:
    """Return `channels: slack:` with the first bot token; note any other one."""
    block = Block()
    context = ReceiverContext("", general, notes)
    reference: str | None = None
    first: object = None
    token_fields = [("global", general, "slack_app_token")]
    for entry in configs:
        token_fields.append(("a slack_config", entry, "app_token"))
        config: ParsedSection | None = entry.get("http_config")
        if config is not None:
            token_fields.append(("a slack_config", config, "bearer_token"))
            if "authorization" in config:
                token_fields.append(("a slack_config", config.get("authorization"), "credentials"))
    for owner, entry, key in token_fields:
        for name in (key, f"{key}_file"):
            if not is_set(entry, name):
                continue
            position, value = entry.position_of(name), entry.get(name)
            if reference is not None:
                if value != first:
                    message = f"{name}: another bot token; all messages go through one account"
                    block.entries.append(notes.add_lost(position, message))
                continue
            first = value
            if isinstance(value, Secret):
                meaning = f"the bot token that {owner} has as {name}"
                reference = notes.variable("SLACK_TOKEN", meaning, position, PLACEHOLDER, value)
            else:
                reference = context.file("SLACK_TOKEN", entry, name, PLACEHOLDER)
    for key in ("slack_api_url", "slack_api_url_file"):
        if is_set(general, key) and not _is_post_message(general.get(key)):
            block.entries.append(notes.add_lost(general.position_of(key), f"{key}: {_INCOMING}"))
    if reference is None:
        meaning = "the bot token (xoxb-…) of a Slack app; an incoming webhook will not do"
        reference = notes.variable("SLACK_TOKEN", meaning, None, PLACEHOLDER)
    block.add("token", reference)
    block.add("signing_secret", "${SLACK_SIGNING_SECRET:-}")
    return block


def _is_post_message(url: object) -> bool:
    return isinstance(url, Secret) and url.reveal() == POST_MESSAGE
