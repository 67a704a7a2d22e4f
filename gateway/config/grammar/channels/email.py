"""The keys of e-mail in routes.yaml."""

from gateway.config.grammar.channels.common import (
    ACCOUNT_FIELD,
    ALLOW_FIELD,
    CALLBACKS,
    CALLBACKS_FIELD,
    COPIES,
    HEADERS,
    INBOUND,
    PROVIDER,
    PROXY_FIELD,
    SEND_RESOLVED_FIELD,
    TOKEN,
    ChannelGrammar,
    ProviderKeys,
    otherwise_field,
)
from gateway.config.grammar.channels.email_smtp import SMTP, SMTP_FIELDS
from gateway.config.grammar.channels.mail_headers import COPY_LIST, HEADER_MAP
from gateway.config.grammar.field_types import Choice, OrLabels
from gateway.config.grammar.lists import ListOf
from gateway.config.grammar.sections import Field, Section
from gateway.config.grammar.values import BARE_URL, EMAIL, INBOUND_ADDRESS, SECRET, SENDER, WORD
from gateway.core.plan.mail_headers import FACT_NAMES

_ACCOUNT = Section(
    "email channel",
    "The account that e-mail is sent with. Some keys belong to one provider only.",
    (
        Field(
            PROVIDER,
            Choice(("postmark", "smtp", "console")),
            "Who sends it: Postmark, or an SMTP server; `console` shows it instead.",
            "postmark",
            "smtp",
        ),
        Field(
            "token",
            SECRET,
            "Postmark's server token. When it is empty: see "
            "[empty tokens and keys](channels.md#empty-tokens-and-keys).",
            "",
            '"${POSTMARK_TOKEN}"',
        ),
        Field("from", SENDER, "The sender.", "", "Alerts <alerts@example.com>"),
        Field("message_stream", WORD, "Postmark's message stream.", "outbound", "alerts"),
        Field(
            INBOUND,
            INBOUND_ADDRESS,
            "The inbound address of the Postmark server. Replies to it acknowledge, escalate and "
            "comment; see [reply to a mail](reply-by-mail.md). It needs `callbacks`.",
            "none",
            "alerts@inbound.example.com",
        ),
        Field("reply_to", SENDER, "Where replies go.", "the sender", "team@example.com"),
        Field(
            "api_url",
            BARE_URL,
            "Where Postmark's API is; for proxies and tests. Host and port only.",
            "Postmark's",
            "https://proxy.example.com",
        ),
        PROXY_FIELD,
        CALLBACKS_FIELD,
        *SMTP_FIELDS,
    ),
    elsewhere={
        "api_key": 'write "token"',
        "sender": 'write "from"',
        "smarthost": "write provider: smtp, host and port",
        "auth_username": 'write "username"',
        "auth_password": 'write "password"',
        "require_tls": "write tls: starttls, implicit or none",
    },
    optional=True,
)

_TARGET = Section(
    "email target",
    "E-mail addresses.",
    (
        Field(
            "to",
            ListOf(OrLabels(EMAIL), or_one=True),
            'Each address gets its own message. With labels: `"{{ labels.team }}@example.com"`, '
            "and the keys `allow` and `otherwise`.",
            "",
            "[admin@example.com, billing-oncall@example.com]",
            required=True,
        ),
        ALLOW_FIELD,
        otherwise_field(EMAIL, "alerts@example.com"),
        Field(
            COPIES,
            COPY_LIST,
            "Who gets a copy of the mail to the first address under `to`. Everyone sees these "
            "addresses, and the acknowledge link then asks who is acting.",
            "none",
            "[cho@example.com]",
        ),
        Field(
            HEADERS,
            HEADER_MAP,
            "Further headers. In braces: `labels.NAME`, `group_labels.NAME`, `annotations.NAME`, "
            f"{', '.join(f'`{name}`' for name in FACT_NAMES)}, perhaps with `| lower` or "
            "`| upper`. A header whose text is empty is omitted.",
            "none",
            '{X-Team: "{{ labels.team }}", X-Service: billing}',
        ),
        ACCOUNT_FIELD,
        SEND_RESOLVED_FIELD,
    ),
)

GRAMMAR = ChannelGrammar(
    account=Field(
        "email",
        _ACCOUNT,
        "E-mail, by Postmark or an SMTP server.",
        "none",
        '{token: "${POSTMARK_TOKEN}", from: alerts@example.com}',
    ),
    target=Field(
        "email",
        ListOf(_TARGET),
        "E-mail.",
        "none",
        "[{to: [admin@example.com, ana@example.com]}]",
    ),
    address="to",
    contact=Field("email", EMAIL, "Where e-mail goes.", "none", "ana@example.com"),
    required=("from",),
    providers={
        "postmark": ProviderKeys(
            (TOKEN, "message_stream", INBOUND, "api_url", PROXY_FIELD.name, CALLBACKS)
        ),
        "smtp": SMTP,
    },
)
