"""Alertmanager's integrations that do not exist here: their keys, and what they demand.

They are read and checked all the same: a file that Alertmanager refuses is not worth translating.
"""

from dataclasses import dataclass

from gateway.config.grammar.lists import ListOf
from gateway.config.grammar.parsed import FieldType
from gateway.config.grammar.sections import Section
from gateway.importers.alertmanager.read.grammar_http import HTTP_CONFIG
from gateway.importers.alertmanager.read.rules import Rules
from gateway.importers.alertmanager.read.values import ANY, FLAG, STRING, TEXTS, fields


@dataclass(frozen=True, slots=True)
class Integration:
    """One that does not exist here."""

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

WITHOUT_COUNTERPART = {
    "discord": _integration(
        "discord",
        "webhook_url webhook_url_file content title message username avatar_url",
        _WEBHOOK,
    ),
    "msteams": _integration(
        "msteams", "webhook_url webhook_url_file title summary text timeout", _WEBHOOK
    ),
    "msteamsv2": _integration(
        "msteamsv2", "webhook_url webhook_url_file title text timeout", _WEBHOOK
    ),
    "incidentio": _integration(
        "incidentio",
        "url url_file alert_source_token alert_source_token_file max_alerts timeout metadata",
        Rules((_or_file("url"),), (_or_file("url"),)),
    ),
    "jira": _integration(
        "jira",
        "api_url api_type project summary description labels priority issue_type fields "
        "reopen_transition resolve_transition wont_fix_resolution reopen_duration",
        Rules((("project",), ("issue_type",), ("api_url", "global.jira_api_url"))),
    ),
    "mattermost": _integration(
        "mattermost",
        "webhook_url webhook_url_file channel username icon_url icon_emoji text attachments "
        "type props priority fallback color pretext author_name author_link author_icon title "
        "title_link fields thumb_url footer footer_icon image_url",
        Rules((_or_file("webhook_url", "mattermost_webhook_url"),), (_or_file("webhook_url"),)),
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
        "user_key user_key_file token token_file title message url url_title device sound "
        "priority retry expire ttl",
        Rules(*((_or_file("user_key"), _or_file("token")),) * 2),
        html=FLAG,
        monospace=FLAG,
    ),
    "rocketchat": _integration(
        "rocketchat",
        "api_url token_id token_id_file token token_file channel color title title_link text "
        "fields short_fields emoji icon_url image_url thumb_url link_names actions",
        Rules(
            (_or_file("token_id", "rocketchat_token_id"), _or_file("token", "rocketchat_token")),
            (_or_file("token_id"), _or_file("token")),
        ),
    ),
    "sns": _integration(
        "sns",
        "api_url sigv4 topic_arn phone_number target_arn subject message attributes "
        "use_aws_http_client",
        Rules(),
    ),
    "telegram": _integration(
        "telegram",
        "api_url bot_token bot_token_file chat_id chat_id_file message_thread_id message "
        "disable_notifications",
        Rules(
            (_or_file("bot_token", "telegram_bot_token"), _or_file("chat_id")),
            (_or_file("bot_token"), _or_file("chat_id")),
        ),
        parse_mode=STRING,
    ),
    "victorops": _integration(
        "victorops",
        "api_key api_key_file api_url routing_key message_type state_message "
        "entity_display_name monitoring_tool",
        Rules((("routing_key",), _or_file("api_key", "victorops_api_key")), _API_KEY),
        custom_fields=TEXTS,
    ),
    "webex": _integration(
        "webex", "api_url message room_id", Rules((("room_id",), ("http_config",)))
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
