"""Alertmanager's integrations beyond e-mail, Slack, PagerDuty and webhooks: keys and demands.

They are read and checked also where they have no counterpart: a file that Alertmanager refuses is
not worth translating.
"""

from dataclasses import dataclass

from gateway.config.grammar.lists import ListOf
from gateway.config.grammar.parsed import FieldType
from gateway.config.grammar.sections import Section
from gateway.importers.alertmanager.read.field_types import Number
from gateway.importers.alertmanager.read.grammar_http import HTTP_CONFIG
from gateway.importers.alertmanager.read.rules import Rules
from gateway.importers.alertmanager.read.values import (
    ANY,
    FLAG,
    SECRET,
    STRING,
    TEXTS,
    WEBHOOK_URL,
    fields,
)


@dataclass(frozen=True, slots=True)
class Integration:
    """The keys of one, and its rules."""

    section: Section
    rules: Rules


def _integration(name: str, keys: str, rules: Rules, **field_types: FieldType) -> Integration:
    known: dict[str, FieldType] = dict.fromkeys(keys.split(), ANY)
    known |= {"send_resolved": FLAG, "http_config": HTTP_CONFIG, **field_types}
    return Integration(Section(f"{name}_config", "", fields(**known)), rules)


def _or_file(key: str, general: str = "") -> tuple[str, ...]:
    """Return a key, its twin that names a file, and those under ``global`` if any."""
    own = (key, f"{key}_file")
    return (*own, f"global.{general}", f"global.{general}_file") if general else own


_WEBHOOK = Rules((_or_file("webhook_url"),), (_or_file("webhook_url"),))
_API_KEY = (_or_file("api_key"),)
_RESPONDER = Section("responder", "", fields(id=STRING, name=STRING, username=STRING, type=STRING))

FURTHER_INTEGRATIONS = {
    "discord": _integration(
        "discord",
        "webhook_url webhook_url_file content username avatar_url",
        _WEBHOOK,
        title=STRING,
        message=STRING,
    ),
    "msteams": _integration(
        "msteams",
        "webhook_url webhook_url_file summary timeout",
        _WEBHOOK,
        title=STRING,
        text=STRING,
    ),
    "msteamsv2": _integration(
        "msteamsv2",
        "webhook_url webhook_url_file timeout",
        _WEBHOOK,
        title=STRING,
        text=STRING,
    ),
    "incidentio": _integration(
        "incidentio",
        "timeout metadata",
        Rules((_or_file("url"),), (_or_file("url"),)),
        url=WEBHOOK_URL,
        url_file=STRING,
        alert_source_token=SECRET,
        alert_source_token_file=STRING,
        max_alerts=Number(0),
    ),
    "jira": _integration(
        "jira",
        "api_url api_type project summary description labels priority issue_type fields "
        "reopen_transition resolve_transition wont_fix_resolution reopen_duration",
        Rules((("project",), ("issue_type",), ("api_url", "global.jira_api_url"))),
    ),
    "mattermost": _integration(
        "mattermost",
        "webhook_url webhook_url_file username icon_url icon_emoji attachments "
        "type props priority fallback color pretext author_name author_link author_icon "
        "title_link fields thumb_url footer footer_icon image_url",
        Rules((_or_file("webhook_url", "mattermost_webhook_url"),), (_or_file("webhook_url"),)),
        channel=STRING,
        title=STRING,
        text=STRING,
    ),
    "opsgenie": _integration(
        "opsgenie",
        "api_key api_key_file api_url message description source details entity actions tags "
        "note priority update_alerts",
        Rules((_or_file("api_key", "opsgenie_api_key"),), _API_KEY),
        responders=ListOf(_RESPONDER),
    ),
    "pushover": _integration(
        "pushover",
        "user_key user_key_file token token_file url url_title sound priority retry expire ttl",
        Rules(*((_or_file("user_key"), _or_file("token")),) * 2),
        html=FLAG,
        monospace=FLAG,
        device=STRING,
        title=STRING,
        message=STRING,
    ),
    "rocketchat": _integration(
        "rocketchat",
        "token_id token_id_file token token_file color title_link "
        "fields short_fields emoji icon_url image_url thumb_url link_names actions",
        Rules(
            (_or_file("token_id", "rocketchat_token_id"), _or_file("token", "rocketchat_token")),
            (_or_file("token_id"), _or_file("token")),
        ),
        api_url=STRING,
        channel=STRING,
        title=STRING,
        text=STRING,
    ),
    "sns": _integration(
        "sns",
        "api_url sigv4 attributes use_aws_http_client",
        Rules(),
        topic_arn=STRING,
        phone_number=STRING,
        target_arn=STRING,
        subject=STRING,
        message=STRING,
    ),
    "telegram": _integration(
        "telegram",
        "api_url bot_token bot_token_file chat_id_file",
        Rules(
            (_or_file("bot_token", "telegram_bot_token"), _or_file("chat_id")),
            (_or_file("bot_token"), _or_file("chat_id")),
        ),
        parse_mode=STRING,
        chat_id=STRING,
        message_thread_id=STRING,
        message=STRING,
        disable_notifications=FLAG,
    ),
    "victorops": _integration(
        "victorops",
        "api_key api_key_file api_url routing_key message_type state_message "
        "entity_display_name monitoring_tool",
        Rules((("routing_key",), _or_file("api_key", "victorops_api_key")), _API_KEY),
        custom_fields=TEXTS,
    ),
    "webex": _integration(
        "webex",
        "api_url",
        Rules((("room_id",), ("http_config",))),
        message=STRING,
        room_id=STRING,
    ),
    "wechat": _integration(
        "wechat",
        "api_secret api_secret_file corp_id message api_url to_user to_party to_tag agent_id",
        Rules(
            (
                _or_file("api_secret", "wechat_api_secret"),
                ("corp_id", "global.wechat_api_corp_id"),
            ),
            (_or_file("api_secret"),),
        ),
        message_type=STRING,
    ),
}
