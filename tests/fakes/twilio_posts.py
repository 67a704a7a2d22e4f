"""Posts of Twilio to the gateway, signed with its own SDK."""

from collections.abc import Mapping
from urllib.parse import urlencode

from aiohttp import ClientResponse
from twilio.request_validator import RequestValidator

from tests.web.real import Client

AUTH_TOKEN = "test-twilio-auth-token"
SENDER = "+4930123456"


def signature(url: str, fields: Mapping[str, str], token: str = AUTH_TOKEN) -> str:
    """Return the signature of a form that is posted to a public URL."""
    return str(RequestValidator(token).compute_signature(url, dict(fields)))


async def post(
    client: Client,
    path: str,
    fields: Mapping[str, str],
    *,
    base: str,
    signed: str | None = None,
) -> ClientResponse:
    """Post a form to the gateway, whose public URL is `base`; `signed` replaces the signature."""
    proof = signature(f"{base}{path}", fields) if signed is None else signed
    headers = {
        "X-Twilio-Signature": proof,
        "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
    }
    return await client.post(path, data=urlencode(fields), headers=headers)


def message_state(state: str, to: str, *, code: str = "", sid: str = "SM1") -> dict[str, str]:
    """Return the form of a message's state."""
    form = {
        "AccountSid": "AC" + 32 * "0",
        "ApiVersion": "2010-04-01",
        "From": SENDER,
        "MessageSid": sid,
        "MessageStatus": state,
        "SmsSid": sid,
        "SmsStatus": state,
        "To": to,
    }
    return {**form, "ErrorCode": code} if code else form


def call_state(state: str, to: str, *, code: str = "", sid: str = "CA1") -> dict[str, str]:
    """Return the form of a call's state."""
    form = {
        "AccountSid": "AC" + 32 * "0",
        "ApiVersion": "2010-04-01",
        "CallSid": sid,
        "CallStatus": state,
        "CallbackSource": "call-progress-events",
        "Direction": "outbound-api",
        "From": SENDER,
        "To": to,
    }
    return {**form, "ErrorCode": code} if code else form


def pressed_key(key: str, to: str, *, sid: str = "CA1") -> dict[str, str]:
    """Return the form of a key that was pressed in a call."""
    return {**call_state("in-progress", to, sid=sid), "Digits": key, "msg": "Gather End"}


def inbound_text(text: str, sender: str, *, sid: str = "SM2", opt_out: str = "") -> dict[str, str]:
    """Return the form of a message that somebody sent; `opt_out` is Twilio's Advanced Opt-Out."""
    form = {
        "AccountSid": "AC" + 32 * "0",
        "Body": text,
        "From": sender,
        "FromCity": "",
        "MessageSid": sid,
        "NumMedia": "0",
        "SmsSid": sid,
        "To": SENDER,
    }
    return {**form, "OptOutType": opt_out} if opt_out else form
