"""The keys of calls in routes.yaml."""

import re

from gateway.config.grammar.channels.common import (
    ACCOUNT_FIELD,
    API_URL_FIELD,
    CALLBACKS,
    PROXY_FIELD,
    ChannelGrammar,
)
from gateway.config.grammar.channels.twilio import (
    ACCOUNT_SID,
    CALLBACKS_FIELD,
    CREDENTIAL_FIELDS,
    PHONE,
)
from gateway.config.grammar.field_types import Text
from gateway.config.grammar.lists import ListOf
from gateway.config.grammar.sections import Field, Section

_LANGUAGE = re.compile(r"[a-z]{2,3}-([A-Z]{2}|[0-9]{3})")
_VOICE = re.compile(r"[A-Za-z][A-Za-z0-9.:_-]{0,60}")


def _language(text: str) -> str:
    if _LANGUAGE.fullmatch(text) is None:
        raise ValueError(f'"{text}" is not a language with its country, such as de-DE')
    return text


def _voice(text: str) -> str:
    if _VOICE.fullmatch(text) is None:
        raise ValueError(f'"{text}" is not the name of a voice, such as Polly.Vicki')
    return text


_ACCOUNT = Section(
    "voice channel",
    "The account that calls are made with.",
    (
        *CREDENTIAL_FIELDS,
        Field("from", PHONE, "The number that calls, one of the account.", "", '"+4930123456"'),
        Field(
            "language",
            Text("language such as de-DE", _language),
            "The language that the text is read in; the text itself is that of the "
            "[templates](templates.md).",
            "en-US",
            "en-GB",
        ),
        Field(
            "voice",
            Text("name of a voice", _voice),
            "One of Twilio's voices for that language.",
            "Twilio's",
            "Polly.Amy",
        ),
        PROXY_FIELD,
        API_URL_FIELD,
        CALLBACKS_FIELD,
    ),
    elsewhere={
        "auth_token": 'write "token"',
        "to": "it belongs to a receiver: voice: [{number: …}]",
    },
    optional=True,
)

_TARGET = Section(
    "voice target",
    "Phones that are called.",
    (
        Field(
            "number",
            ListOf(PHONE, or_one=True),
            "Each number gets its own call.",
            "",
            '["+4915112345678"]',
            required=True,
        ),
        ACCOUNT_FIELD,
    ),
    elsewhere={"send_resolved": "nobody is called when an incident is resolved; remove it"},
)

GRAMMAR = ChannelGrammar(
    account=Field(
        "voice",
        _ACCOUNT,
        "Calls by Twilio.",
        "none",
        '{account_sid: AC00000000000000000000000000000000, token: "${TWILIO_AUTH_TOKEN}", '
        'from: "+4930123456"}',
    ),
    target=Field("voice", ListOf(_TARGET), "Calls.", "none", '[{number: "+4915112345678"}]'),
    address="number",
    contact=Field(
        "voice",
        PHONE,
        "The phone number for calls, in quotes: with + and the country code.",
        "none",
        '"+4915112345678"',
    ),
    required=(ACCOUNT_SID, "from"),
    recommended={
        CALLBACKS: "no callbacks: no key can be pressed in a call, and calls that nobody answers "
        "are not noticed"
    },
)
