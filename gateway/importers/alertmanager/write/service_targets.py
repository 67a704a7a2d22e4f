"""Targets of the services that Apprise reaches, from Alertmanager's integrations.

A service's URL is a secret as a whole, so the new file has a variable for it. What the variable
holds is said with the public parts, such as a chat's id, and in capitals the secret ones.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from urllib.parse import quote, urlsplit

from gateway.config.grammar.parsed import ParsedSection
from gateway.core.text.text_template import is_template
from gateway.importers.alertmanager.read.rules import is_set
from gateway.importers.alertmanager.write.receiver_context import ReceiverContext, TranslatedTarget
from gateway.importers.alertmanager.write.targets import MOST_ALERTS
from gateway.importers.alertmanager.write.templates import template_remarks, unused_remark
from gateway.importers.emit import Block

CHANNEL = "apprise"
TEMPLATE = "apprise/text.j2"
BY_APPRISE = "sent through Apprise, which knows only whether the service took the message"
"""The same for all services, so that the summary has it once, with all lines."""


@dataclass(frozen=True, slots=True)
class Service:
    """One service. `form` returns its URL and where the secret parts come from.

    `texts` are keys with templates, `layout` those that have no counterpart. `advice` is noted as
    a difference beside that of every service.
    """

    form: Callable[[ParsedSection, ParsedSection], str]
    placeholder: str
    texts: tuple[str, ...]
    layout: tuple[str, ...] = ()
    advice: str = ""


def service(kind: str, entry: ParsedSection, context: ReceiverContext) -> TranslatedTarget:
    """Return the target of an integration that Apprise has, too."""
    known, notes = SERVICES[kind], context.notes
    form = known.form(entry, context.general)
    meaning = f"the service URL for {kind} of receiver {context.receiver}: {form}"
    name = f"{kind}_{context.receiver}_URL"
    block = Block([("service", notes.variable(name, meaning, entry.position, known.placeholder))])
    context.add_send_resolved(kind, entry, block)
    remarks = [notes.add_difference(entry.position, BY_APPRISE)]
    if known.advice:
        remarks.append(notes.add_difference(entry.position, f"{kind}_configs: {known.advice}"))
    remarks += unused_remark(entry, known.layout, "the layout of messages is the service's", notes)
    remarks += template_remarks(entry, dict.fromkeys(known.texts, TEMPLATE), notes)
    translated_keys = ("authorization",) if kind == "webex" else ()
    remarks += context.request_remarks(entry, translated_keys)
    return TranslatedTarget(block, remarks)


def _discord(entry: ParsedSection, general: ParsedSection) -> str:
    return "discord://ID/TOKEN, the last two parts of its webhook_url"


def _teams(entry: ParsedSection, general: ParsedSection) -> str:
    return (
        "workflows://HOST/ID/SIGNATURE, of its webhook_url: the host, what follows /workflows/, "
        "and the value of sig=; with ?pa=yes at the end if its path begins with /powerautomate"
    )


def _old_teams(entry: ParsedSection, general: ParsedSection) -> str:
    return "workflows://HOST/ID/SIGNATURE, of the URL of a new workflow in Teams"


def _pushover(entry: ParsedSection, general: ParsedSection) -> str:
    device = entry.get("device", "")
    end = f"/{quote(device)}" if device and not is_template(device) else ""
    return f"pover://USER_KEY@TOKEN{end}?priority=high"


def _telegram(entry: ParsedSection, general: ParsedSection) -> str:
    topic = entry.get("message_thread_id", "")
    end = f":{topic}" if topic not in ("", "0") else ""
    silent = "?silent=yes" if entry.get("disable_notifications") else ""
    return f"tgram://BOT_TOKEN/{_public(entry.get('chat_id', ''), 'CHAT_ID')}{end}{silent}"


def _webex(entry: ParsedSection, general: ParsedSection) -> str:
    space = _public(entry.get("room_id", ""), "ROOM_ID")
    return f"wxteams://TOKEN/{space}?mode=bot, with the credentials of http_config as TOKEN"


def _rocketchat(entry: ParsedSection, general: ParsedSection) -> str:
    url = entry.get("api_url") or general.get("rocketchat_api_url", "https://open.rocket.chat/")
    channel = _public(entry.get("channel", ""), "%23CHANNEL")
    scheme = "rocket" if url.startswith("http:") else "rockets"
    return f"{scheme}://TOKEN_ID:TOKEN@{urlsplit(url).netloc or 'HOST'}/{channel}"


def _mattermost(entry: ParsedSection, general: ParsedSection) -> str:
    channel = entry.get("channel", "")
    end = f"?channels={_public(channel, 'CHANNEL')}" if channel else ""
    return f"mmosts://HOST/TOKEN{end}, the host and the last part of its webhook_url"


def _sns(entry: ParsedSection, general: ParsedSection) -> str:
    arn = entry.get("topic_arn", "").split(":")
    known = len(arn) == 6 and not is_template(arn[3] + arn[5])
    region, topic = (arn[3], arn[5]) if known else ("REGION", "TOPIC")
    return f"sns://ACCESS_KEY/SECRET_KEY/{region}/{topic}"


def _public(text: str, otherwise: str) -> str:
    """Return a part of a URL that is no secret; a template or nothing becomes `otherwise`."""
    return otherwise if not text or is_template(text) else quote(text, safe="@-")


SERVICES: Mapping[str, Service] = {
    "discord": Service(
        _discord,
        "discord://1000000000/placeholder",
        ("title", "message"),
        ("content", "username", "avatar_url"),
    ),
    "msteams": Service(
        _old_teams,
        "workflows://example.com/placeholder/placeholder",
        ("title", "text"),
        ("summary", "timeout"),
        "Microsoft has ended these webhooks: make a workflow in Teams that posts to the channel",
    ),
    "msteamsv2": Service(
        _teams,
        "workflows://example.com/placeholder/placeholder",
        ("title", "text"),
        ("timeout",),
    ),
    "pushover": Service(
        _pushover,
        "pover://placeholder@placeholder",
        ("title", "message"),
        ("url", "url_title", "sound", "retry", "expire", "ttl", "html", "monospace"),
        "an emergency is not repeated by Pushover, but by the gateway, until somebody "
        "acknowledges here; ntfy rings as loudly and acknowledges with one tap",
    ),
    "telegram": Service(
        _telegram,
        "tgram://123456789:placeholder/1000000000",
        ("message",),
        ("parse_mode", "api_url"),
    ),
    "webex": Service(
        _webex, "wxteams://placeholder/placeholder?mode=bot", ("message",), ("api_url",)
    ),
    "rocketchat": Service(
        _rocketchat,
        "rockets://placeholder:placeholder@example.com/placeholder",
        ("title", "text"),
        (
            *("color", "title_link", "fields", "short_fields", "emoji", "icon_url", "image_url"),
            *("thumb_url", "link_names", "actions"),
        ),
    ),
    "mattermost": Service(
        _mattermost,
        "mmosts://example.com/placeholder",
        ("title", "text"),
        (
            *("username", "icon_url", "icon_emoji", "attachments", "type", "props", "priority"),
            *("fallback", "color", "pretext", "author_name", "author_link", "author_icon"),
            *("title_link", "fields", "thumb_url", "footer", "footer_icon", "image_url"),
        ),
    ),
    "sns": Service(
        _sns,
        "sns://placeholder/placeholder/eu-central-1/placeholder",
        ("subject", "message"),
        ("attributes", "api_url", "use_aws_http_client"),
        "Apprise signs with the two keys of a user; a role, a profile and a token that expires "
        "cannot be used",
    ),
}
"""By Alertmanager's name. The forms are Apprise's (appriseit.com/services)."""

TRANSLATE: Mapping[str, Callable[[ParsedSection, ReceiverContext], TranslatedTarget]] = {
    kind: partial(service, kind) for kind in SERVICES
}


def refusal(kind: str, entry: ParsedSection) -> str:
    """Return why an integration is not translated, and what to do; empty if it can be."""
    if kind == "sns" and is_set(entry, "phone_number"):
        return "send text messages by Twilio: sms: [{number: …}], with channels: sms:"
    if kind == "sns" and is_set(entry, "target_arn"):
        return "a target_arn is one app on one phone: ntfy pushes to phones, see ntfy.md"
    return REFUSED.get(kind, "")


REFUSED: Mapping[str, str] = {
    "opsgenie": "its alerts could be opened by Apprise, but never closed. The gateway escalates "
    "itself: `gateway import oncall` takes over the schedules, and `escalate:` names an escalation",
    "victorops": "by Apprise all alerts would be one incident there, which the end of any "
    "would resolve. The gateway escalates itself: declare rotas: and escalations:, and name one "
    "under `escalate:`",
    "jira": "issues are not kept here. A webhook target reaches an incoming webhook of Jira "
    "Automation, which opens and closes issues: webhook: [{url: …}]",
    "wechat": "an app of WeCom cannot be used. A robot of a group can: "
    "apprise: [{service: wecombot://KEY}]",
}
"""Integrations without a counterpart, each with the reason and what to do instead."""


def incidentio(entry: ParsedSection, context: ReceiverContext) -> TranslatedTarget:
    """Return the webhook of an alert source at incident.io: the body is that of webhooks."""
    block, notes = Block(), context.notes
    name = f"INCIDENTIO_{context.receiver}"
    url = context.own_or_file(f"{name}_URL", entry, "url", "https://example.com/placeholder")
    block.add("url", url or "")
    token = context.own_or_file(f"{name}_TOKEN", entry, "alert_source_token", "placeholder")
    config: ParsedSection | None = entry.get("http_config")
    authorization: ParsedSection | None = config.get("authorization") if config else None
    if token is None and authorization is not None:
        token = context.own_or_file(f"{name}_TOKEN", authorization, "credentials", "placeholder")
    if token is not None:
        block.add("bearer", token)
    if most := entry.get("max_alerts"):
        block.add("max_alerts", min(most, MOST_ALERTS))
    context.add_send_resolved("incidentio", entry, block)
    message = "incidentio_configs: a webhook, whose body says version 4 in place of 1"
    remarks = [notes.add_difference(entry.position, message)]
    remarks += unused_remark(entry, ("metadata", "timeout"), "has no counterpart here", notes)
    remarks += context.request_remarks(entry, ("authorization",))
    return TranslatedTarget(block, remarks)
