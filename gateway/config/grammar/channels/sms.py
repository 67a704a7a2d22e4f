"""The keys of text messages in routes.yaml."""

from gateway.config.grammar.channels.common import (
    ACCOUNT_FIELD,
    API_URL_FIELD,
    CALLBACKS,
    PROXY_FIELD,
    SEND_RESOLVED_FIELD,
    ChannelGrammar,
)
from gateway.config.grammar.channels.twilio import (
    ACCOUNT_SID,
    CALLBACKS_FIELD,
    CREDENTIAL_FIELDS,
    PHONE,
    SENDER,
)
from gateway.config.grammar.lists import ListOf
from gateway.config.grammar.sections import Field, Section
from gateway.config.grammar.values import count

_ACCOUNT = Section(
    "sms channel",
    "The account that text messages are sent with.",
    (
        *CREDENTIAL_FIELDS,
        Field(
            "from",
            SENDER,
            "The sender: a number of the account, the SID of a messaging service, a short code or "
            "a name. People can answer to a number only.",
            "",
            '"+4930123456"',
        ),
        Field(
            "max_segments",
            count(1, 10),
            "The segments that a message may take; each is paid for. One holds 160 plain "
            "characters, each of several 153.",
            "2",
            "3",
        ),
        PROXY_FIELD,
        API_URL_FIELD,
        CALLBACKS_FIELD,
    ),
    elsewhere={"auth_token": 'write "token"', "to": "it belongs to a receiver: sms: [{number: …}]"},
    optional=True,
)

_TARGET = Section(
    "sms target",
    "Phones that get text messages.",
    (
        Field(
            "number",
            ListOf(PHONE, or_one=True),
            "Each number gets its own message.",
            "",
            '["+4915112345678"]',
            required=True,
        ),
        ACCOUNT_FIELD,
        SEND_RESOLVED_FIELD,
    ),
)

GRAMMAR = ChannelGrammar(
    account=Field(
        "sms",
        _ACCOUNT,
        "Text messages by Twilio.",
        "none",
        '{account_sid: AC00000000000000000000000000000000, token: "${TWILIO_AUTH_TOKEN}", '
        'from: "+4930123456"}',
    ),
    target=Field("sms", ListOf(_TARGET), "Text messages.", "none", '[{number: "+4915112345678"}]'),
    address="number",
    contact=Field(
        "sms",
        PHONE,
        "The mobile number for text messages, in quotes: with + and the country code.",
        "none",
        '"+4915112345678"',
    ),
    required=(ACCOUNT_SID, "from"),
    recommended={
        CALLBACKS: "no callbacks: nobody can answer by text message, and messages that do not "
        "arrive are not noticed"
    },
)
