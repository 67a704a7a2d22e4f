"""Checks of `global` and `receivers` that Alertmanager makes beyond their grammar."""

from gateway.config.grammar.parsed import ParsedSection
from gateway.config.source.problem import Findings
from gateway.importers.alertmanager.read.check_integrations import CHECKS, POST_MESSAGE
from gateway.importers.alertmanager.read.grammar_http import check_http
from gateway.importers.alertmanager.read.grammar_receivers import WITH_COUNTERPART
from gateway.importers.alertmanager.read.integrations import FURTHER_INTEGRATIONS
from gateway.importers.alertmanager.read.rules import Rules, check_rules, is_set

_WITH_FILES = (
    "slack_api_url", "slack_app_token", "opsgenie_api_key", "victorops_api_key",
    "telegram_bot_token", "smtp_auth_password", "smtp_auth_secret", "rocketchat_token",
    "rocketchat_token_id", "wechat_api_secret", "mattermost_webhook_url",
)  # fmt: skip
_GLOBAL = Rules(at_most=tuple((key, f"{key}_file") for key in _WITH_FILES))
_SLACK_KEYS = ("api_url", "api_url_file", "app_token", "app_token_file")

RULES = {
    "email": Rules((("to",), ("smarthost", "global.smtp_smarthost"), ("from", "global.smtp_from"))),
    "slack": Rules(
        ((*_SLACK_KEYS, *(f"global.slack_{key}" for key in _SLACK_KEYS)),),
        (
            ("api_url", "api_url_file"),
            ("app_token", "app_token_file"),
            *((api, app) for api in _SLACK_KEYS[:2] for app in _SLACK_KEYS[2:]),
        ),
    ),
    "pagerduty": Rules(
        (("routing_key", "routing_key_file", "service_key", "service_key_file"),),
        (("routing_key", "routing_key_file"), ("service_key", "service_key_file")),
    ),
    "webhook": Rules((("url", "url_file"),), (("url", "url_file"),)),
    **{name: one.rules for name, one in FURTHER_INTEGRATIONS.items()},
}


def check_global(general: ParsedSection | None, findings: Findings) -> None:
    """Note the errors of the global section."""
    if general is None:
        return
    check_rules(_GLOBAL, general, findings)
    check_http(general.get("http_config"), findings)
    token = is_set(general, "slack_app_token") or is_set(general, "slack_app_token_file")
    url = general.get("slack_api_url")
    same = url is not None and url.reveal() == general.get("slack_app_url", POST_MESSAGE)
    if token and not same and (url is not None or is_set(general, "slack_api_url_file")):
        key = "slack_api_url" if url is not None else "slack_api_url_file"
        message = f"{key}: an app token is set as well; only one of them may be"
        findings.error(general.position_of(key), message)


def check_receivers(file: ParsedSection, findings: Findings) -> None:
    """Note the errors of the receivers: their names, and each of their integrations."""
    general: ParsedSection = file.get("global") or ParsedSection(file.position, {})
    for item in file.list_of("receivers"):
        receiver: ParsedSection = item.value
        if not receiver.get("name") and "name" not in receiver.invalid_keys:
            findings.error(receiver.position, "receiver: its name is missing")
        name = receiver.map_of("labels").get("name")
        if name is not None and name.value != receiver.get("name"):
            message = "the label name of a receiver must be its name"
            findings.error(name.position, message, text=name.raw)
        for kind in (*WITH_COUNTERPART, *FURTHER_INTEGRATIONS):
            for one in receiver.list_of(f"{kind}_configs"):
                check_integration(kind, one.value, general, findings)


def check_integration(
    kind: str, entry: ParsedSection, general: ParsedSection | None, findings: Findings
) -> None:
    """Note the errors of one integration, such as a ``slack_config``.

    Without a global section its keys are not demanded.
    """
    rules = RULES[kind]
    if general is None:
        rules = Rules(
            tuple(
                group
                for group in rules.needs
                if not any(key.startswith("global.") for key in group)
            ),
            rules.at_most,
        )
    check_rules(rules, entry, findings, general)
    check_http(entry.get("http_config"), findings)
    if kind in CHECKS:
        CHECKS[kind](entry, findings)
