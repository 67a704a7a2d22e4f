"""Slack channels of Alertmanager's integrations."""

from gateway.config.grammar.parsed import ParsedSection
from gateway.core.text.text_template import is_template
from gateway.importers.alertmanager.write.label_addresses import (
    BY_LABEL,
    INSTEAD,
    PART,
    label_address,
)
from gateway.importers.alertmanager.write.receiver_context import ReceiverContext, TranslatedTarget
from gateway.importers.alertmanager.write.templates import template_remarks, unused_remark
from gateway.importers.emit import Block, escape_references

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
    context.add_account("slack", entry, block)
    context.add_send_resolved("slack", entry, block)
    remarks += unused_remark(entry, _LAYOUT, "the layout of messages is the gateway's own", notes)
    reason = "one message for each incident here, updated, with what is new in its thread"
    remarks += unused_remark(entry, _STRATEGY, reason, notes)
    remarks += unused_remark(entry, ("timeout", "app_url"), "one account serves all", notes)
    remarks += template_remarks(entry, _FILES, notes)
    remarks += context.request_remarks(
        entry, ("authorization", "bearer_token", "bearer_token_file")
    )
    return TranslatedTarget(block, remarks)
