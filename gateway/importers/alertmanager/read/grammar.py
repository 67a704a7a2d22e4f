"""The grammar of an alertmanager.yml, without its receivers."""

from gateway.config.grammar.lists import ListOf
from gateway.config.grammar.sections import Recursive, Section
from gateway.importers.alertmanager.read.grammar_http import HTTP_CONFIG, TLS_CONFIG
from gateway.importers.alertmanager.read.grammar_receivers import RECEIVER
from gateway.importers.alertmanager.read.values import (
    ANY,
    DURATION,
    FLAG,
    HOST_AND_PORT,
    MATCHERS,
    PATTERNS,
    SECRET,
    SECRET_URL,
    STRING,
    TEXTS,
    URL,
    fields,
)

_NAMES = ListOf(STRING)
_MATCHERS = ListOf(MATCHERS)


def _route() -> Section:
    return ROUTE


ROUTE = Section(
    "route",
    "A node of the routing tree.",
    fields(
        receiver=STRING,
        group_by=_NAMES,
        match=TEXTS,
        match_re=PATTERNS,
        matchers=_MATCHERS,
        mute_time_intervals=_NAMES,
        active_time_intervals=_NAMES,
        continue_=FLAG,
        routes=ListOf(Recursive(_route)),
        group_wait=DURATION,
        group_interval=DURATION,
        repeat_interval=DURATION,
        labels=TEXTS,  # 0.34
    ),
)

_INHIBIT_SOURCE = Section(
    "inhibit source", "One of several.", fields(matchers=_MATCHERS, equal=_NAMES)
)

INHIBIT_RULE = Section(
    "inhibit rule",
    "What keeps what quiet.",
    fields(
        name=STRING,
        source_match=TEXTS,
        source_match_re=PATTERNS,
        source_matchers=_MATCHERS,
        sources=ListOf(_INHIBIT_SOURCE),  # 0.34
        target_match=TEXTS,
        target_match_re=PATTERNS,
        target_matchers=_MATCHERS,
        equal=_NAMES,
    ),
)

_TIME_RANGE = Section("time range", "", fields(start_time=STRING, end_time=STRING))

INTERVAL = Section(
    "interval",
    "A stretch of time; all that it says must hold at once.",
    fields(
        times=ListOf(_TIME_RANGE),
        weekdays=_NAMES,
        days_of_month=_NAMES,
        months=_NAMES,
        years=_NAMES,
        location=STRING,
    ),
)

TIME_INTERVAL = Section(
    "time interval", "A name for some.", fields(name=STRING, time_intervals=ListOf(INTERVAL))
)

GLOBAL = Section(
    "global",
    "Defaults, and what all receivers have in common.",
    fields(
        resolve_timeout=DURATION,
        http_config=HTTP_CONFIG,
        smtp_from=STRING,
        smtp_hello=STRING,
        smtp_smarthost=HOST_AND_PORT,
        smtp_auth_username=STRING,
        smtp_auth_password=SECRET,
        smtp_auth_password_file=STRING,
        smtp_auth_secret=SECRET,
        smtp_auth_secret_file=STRING,
        smtp_auth_identity=STRING,
        smtp_require_tls=FLAG,
        smtp_tls_config=TLS_CONFIG,
        smtp_force_implicit_tls=FLAG,
        slack_api_url=SECRET_URL,
        slack_api_url_file=STRING,
        slack_app_token=SECRET,
        slack_app_token_file=STRING,
        slack_app_url=URL,
        pagerduty_url=URL,
        jira_api_url=URL,
        opsgenie_api_url=URL,
        opsgenie_api_key=SECRET,
        opsgenie_api_key_file=STRING,
        wechat_api_url=URL,
        wechat_api_secret=SECRET,
        wechat_api_secret_file=STRING,
        wechat_api_corp_id=STRING,
        victorops_api_url=URL,
        victorops_api_key=SECRET,
        victorops_api_key_file=STRING,
        telegram_api_url=URL,
        telegram_bot_token=SECRET,
        telegram_bot_token_file=STRING,
        webex_api_url=URL,
        rocketchat_api_url=URL,
        rocketchat_token=SECRET,
        rocketchat_token_file=STRING,
        rocketchat_token_id=SECRET,
        rocketchat_token_id_file=STRING,
        mattermost_webhook_url=SECRET_URL,
        mattermost_webhook_url_file=STRING,
    ),
)

FILE = Section(
    "alertmanager.yml",
    "Alertmanager's configuration.",
    fields(
        global_=GLOBAL,
        templates=_NAMES,
        route=ROUTE,
        inhibit_rules=ListOf(INHIBIT_RULE),
        receivers=ListOf(RECEIVER),
        mute_time_intervals=ListOf(TIME_INTERVAL),
        time_intervals=ListOf(TIME_INTERVAL),
        tracing=ANY,
    ),
)
