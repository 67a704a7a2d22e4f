"""Checks of single integrations that Alertmanager makes beyond their keys."""

from collections.abc import Callable

from gateway.config.grammar.parsed import ParsedSection
from gateway.config.source.problem import Findings
from gateway.importers.alertmanager.read.rules import is_set, join_keys

POST_MESSAGE = "https://slack.com/api/chat.postMessage"
"""Slack's method for bot tokens; any other `api_url` is treated as an incoming webhook."""

_PARSE_MODES = ("", "Markdown", "MarkdownV2", "HTML")
_STRATEGIES = ("", "new", "update", "thread")
_RESPONDERS = ("team", "teams", "user", "escalation", "schedule")
_FIXED = (
    "routing_key", "message_type", "state_message", "entity_display_name", "monitoring_tool",
    "entity_id", "entity_state",
)  # fmt: skip


def _email(entry: ParsedSection, findings: Findings) -> None:
    names: dict[str, str] = {}
    for name, item in entry.map_of("headers").items():
        if name.lower() in names:
            message = f'headers: "{name}" and "{names[name.lower()]}" are the same header'
            findings.error(item.position, message)
        names.setdefault(name.lower(), name)


def _slack(entry: ParsedSection, findings: Findings) -> None:
    strategy = entry.get("message_strategy", "")
    if strategy not in _STRATEGIES:
        message = f"message_strategy: one of {join_keys(_STRATEGIES[1:], 'or')} belongs here"
        findings.error(entry.position_of("message_strategy"), message)
    url = entry.get("api_url")
    updates = entry.get("update_message") or strategy in ("update", "thread")
    if updates and url is not None and url.reveal() != POST_MESSAGE:
        key = "update_message" if "update_message" in entry else "message_strategy"
        message = f"{key}: messages can only be updated with a bot token: api_url: {POST_MESSAGE}"
        findings.error(entry.position_of(key), message)
    config: ParsedSection | None = entry.get("http_config")
    token = is_set(entry, "app_token") or is_set(entry, "app_token_file")
    if token and config is not None and "authorization" in config:
        message = "http_config: authorization: an app token is set as well"
        findings.error(config.position_of("authorization"), message)
    for item in entry.list_of("fields"):
        _demand(item.value, "field", ("title", "value"), findings)
    for item in entry.list_of("actions"):
        action: ParsedSection = item.value
        _demand(action, "action", ("type", "text"), findings)
        if action.valid and not (is_set(action, "url") or is_set(action, "name")):
            findings.error(action.position, "action: url or name is missing")
        if "confirm" in action:
            _demand(action.get("confirm"), "confirm", ("text",), findings)


def _demand(entry: ParsedSection, noun: str, keys: tuple[str, ...], findings: Findings) -> None:
    for key in keys:
        if not is_set(entry, key) and key not in entry.invalid_keys:
            findings.error(entry.position, f"{noun}: {key} is missing")


def _opsgenie(entry: ParsedSection, findings: Findings) -> None:
    for item in entry.list_of("responders"):
        responder: ParsedSection = item.value
        if not any(is_set(responder, key) for key in ("id", "name", "username")):
            findings.error(responder.position, "responder: id, name or username is missing")
        type_ = responder.get("type", "")
        if "{{" not in type_ and type_.lower() not in _RESPONDERS:
            message = f"type: one of {join_keys(_RESPONDERS, 'or')} belongs here"
            findings.error(responder.position_of("type"), message, text=type_)


def _pushover(entry: ParsedSection, findings: Findings) -> None:
    if entry.get("html") and entry.get("monospace"):
        message = "at most one of html and monospace may be true"
        findings.error(entry.position_of("monospace"), message)


def _sns(entry: ParsedSection, findings: Findings) -> None:
    present_keys = [
        key for key in ("target_arn", "topic_arn", "phone_number") if is_set(entry, key)
    ]
    if len(present_keys) in (0, 2):  # all three are taken: Alertmanager counts modulo two
        message = "one of target_arn, topic_arn and phone_number belongs here, and only one"
        findings.error(entry.position, message)


def _telegram(entry: ParsedSection, findings: Findings) -> None:
    if entry.get("parse_mode", "") not in _PARSE_MODES:
        message = f"parse_mode: {join_keys(_PARSE_MODES[1:], 'or')} belongs here"
        findings.error(entry.position_of("parse_mode"), message)


def _victorops(entry: ParsedSection, findings: Findings) -> None:
    for name, item in entry.map_of("custom_fields").items():
        if name in _FIXED:
            message = f'custom_fields: "{name}" is a field of its own'
            findings.error(item.position, message)


def _webex(entry: ParsedSection, findings: Findings) -> None:
    config: ParsedSection | None = entry.get("http_config")
    if config is not None and "authorization" not in config:
        findings.error(config.position, "http_config: authorization is missing")


def _wechat(entry: ParsedSection, findings: Findings) -> None:
    if entry.get("message_type", "") not in ("", "text", "markdown"):
        message = "message_type: text or markdown belongs here"
        findings.error(entry.position_of("message_type"), message)


CHECKS: dict[str, Callable[[ParsedSection, Findings], None]] = {
    "email": _email,
    "slack": _slack,
    "opsgenie": _opsgenie,
    "pushover": _pushover,
    "sns": _sns,
    "telegram": _telegram,
    "victorops": _victorops,
    "webex": _webex,
    "wechat": _wechat,
}
