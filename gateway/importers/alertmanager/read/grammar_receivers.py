"""The grammar of receivers; `integrations` has those without a counterpart."""

from gateway.config.grammar.lists import ListOf
from gateway.config.grammar.sections import Section
from gateway.importers.alertmanager.read.field_types import Number
from gateway.importers.alertmanager.read.grammar_http import HTTP_CONFIG, TLS_CONFIG
from gateway.importers.alertmanager.read.integrations import FURTHER_INTEGRATIONS
from gateway.importers.alertmanager.read.values import (
    ANY,
    FLAG,
    GO_DURATION,
    HOST_AND_PORT,
    SECRET,
    SECRET_URL,
    STRING,
    TEXTS,
    URL,
    WEBHOOK_URL,
    fields,
)

EMAIL = Section(
    "email_config",
    "E-mail by SMTP.",
    fields(
        send_resolved=FLAG,
        to=STRING,
        from_=STRING,
        hello=STRING,
        smarthost=HOST_AND_PORT,
        auth_username=STRING,
        auth_password=SECRET,
        auth_password_file=STRING,
        auth_secret=SECRET,
        auth_secret_file=STRING,
        auth_identity=STRING,
        headers=TEXTS,
        html=STRING,
        text=STRING,
        require_tls=FLAG,
        tls_config=TLS_CONFIG,
        force_implicit_tls=FLAG,
        threading=ANY,
    ),
)

_CONFIRM = Section(
    "confirm", "", fields(text=STRING, title=STRING, ok_text=STRING, dismiss_text=STRING)
)

_ACTION = Section(
    "action",
    "",
    fields(
        type=STRING,
        text=STRING,
        url=STRING,
        style=STRING,
        name=STRING,
        value=STRING,
        confirm=_CONFIRM,
    ),
)

_FIELD = Section("field", "", fields(title=STRING, value=STRING, short=FLAG))

SLACK = Section(
    "slack_config",
    "Slack.",
    fields(
        send_resolved=FLAG,
        http_config=HTTP_CONFIG,
        api_url=SECRET_URL,
        api_url_file=STRING,
        app_token=SECRET,
        app_token_file=STRING,
        app_url=URL,
        channel=STRING,
        username=STRING,
        color=STRING,
        title=STRING,
        title_link=STRING,
        pretext=STRING,
        text=STRING,
        message_text=STRING,
        fields=ListOf(_FIELD),
        short_fields=FLAG,
        footer=STRING,
        fallback=STRING,
        callback_id=STRING,
        icon_emoji=STRING,
        icon_url=STRING,
        image_url=STRING,
        thumb_url=STRING,
        link_names=FLAG,
        mrkdwn_in=ListOf(STRING),
        actions=ListOf(_ACTION),
        message_strategy=STRING,
        update_message=FLAG,
        threaded_options=ANY,
        timeout=GO_DURATION,
    ),
)

PAGERDUTY = Section(
    "pagerduty_config",
    "PagerDuty.",
    fields(
        send_resolved=FLAG,
        http_config=HTTP_CONFIG,
        service_key=SECRET,
        service_key_file=STRING,
        routing_key=SECRET,
        routing_key_file=STRING,
        url=URL,
        client=STRING,
        client_url=STRING,
        description=STRING,
        details=ANY,
        images=ANY,
        links=ANY,
        source=STRING,
        severity=STRING,
        class_=STRING,
        component=STRING,
        group=STRING,
        timeout=GO_DURATION,
    ),
)

WEBHOOK = Section(
    "webhook_config",
    "A URL that alerts are posted to.",
    fields(
        send_resolved=FLAG,
        http_config=HTTP_CONFIG,
        url=WEBHOOK_URL,
        url_file=STRING,
        max_alerts=Number(0),
        timeout=GO_DURATION,
        payload=ANY,
    ),
)

WITH_COUNTERPART = {"email": EMAIL, "slack": SLACK, "pagerduty": PAGERDUTY, "webhook": WEBHOOK}

RECEIVER = Section(
    "receiver",
    "A name with its integrations.",
    fields(
        name=STRING,
        labels=TEXTS,
        **{f"{name}_configs": ListOf(section) for name, section in WITH_COUNTERPART.items()},
        **{f"{name}_configs": ListOf(one.section) for name, one in FURTHER_INTEGRATIONS.items()},
    ),
)
