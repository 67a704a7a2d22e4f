"""The keys that accounts at Twilio have in common, and the types of their values."""

import re

from gateway.config.grammar.channels.common import CALLBACKS, SIGNING_SECRET
from gateway.config.grammar.field_types import Choice, Text
from gateway.config.grammar.sections import Field, Section
from gateway.config.grammar.sources import SECRETS
from gateway.config.grammar.values import SECRET
from gateway.core.text.phone import phone_number

_SID = re.compile(r"[0-9a-fA-F]{32}")
_SHORT_CODE = re.compile(r"[0-9]{3,8}")
_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}")

SERVICE = "MG"
"""What the SID of a messaging service begins with."""


def _sid(prefix: str, what: str) -> Text:
    def parse(text: str) -> str:
        if text[:2] != prefix or _SID.fullmatch(text[2:]) is None:
            raise ValueError(f'"{text}" is not {what}: {prefix} and 32 hexadecimal digits')
        return text

    return Text(f"{what}, {prefix}…", parse, f"^{prefix}")


def _sender(text: str) -> str:
    if _SHORT_CODE.fullmatch(text) or _NAME.fullmatch(text):
        return text
    if text[:2] == SERVICE and _SID.fullmatch(text[2:]):
        return text
    try:
        return phone_number(text)
    except ValueError as error:
        raise ValueError(
            f"{error}; the SID of a messaging service (MG…), a short code and a name of at most "
            "11 letters and digits are senders, too"
        ) from None


PHONE = Text("phone number such as +4915112345678", phone_number, r"^\+", ("string",))
SENDER = Text("phone number, messaging service or sender's name", _sender, types=("string",))

ACCOUNT_SID = "account_sid"

CREDENTIAL_FIELDS = (
    Field(
        "provider",
        Choice(("twilio", "console")),
        "Who sends; `console` shows the messages instead.",
        "twilio",
        "console",
    ),
    Field(
        ACCOUNT_SID,
        _sid("AC", "the SID of an account"),
        "The account's SID, from Twilio's console.",
        "",
        "AC00000000000000000000000000000000",
    ),
    Field(
        "token",
        SECRET,
        "The account's auth token, or the secret of `api_key`. When it is empty: see "
        "[empty tokens and keys](channels.md#empty-tokens-and-keys).",
        "",
        '"${TWILIO_AUTH_TOKEN}"',
    ),
    Field(
        "api_key",
        _sid("SK", "the SID of an API key"),
        "The SID of an API key, whose secret is `token`.",
        "none; `token` is the auth token",
        "SK00000000000000000000000000000000",
    ),
)

CALLBACKS_FIELD = Field(
    CALLBACKS,
    Section(
        "twilio callbacks",
        "Credentials of what Twilio posts to `/callbacks/ACCOUNT/KIND`.",
        (
            Field(
                SIGNING_SECRET,
                SECRETS,
                "The account's auth token, which signs what Twilio posts, also where an API key "
                "sends. Any one of several is enough, so an old and a new one can be used side by "
                "side.",
                "none",
                '"${TWILIO_AUTH_TOKEN}"',
            ),
        ),
    ),
    "What Twilio signs its posts with. Without it they are refused: it is not known whether a "
    "person was reached, and nobody can answer by phone.",
    "none",
    '{signing_secret: "${TWILIO_AUTH_TOKEN}"}',
)
