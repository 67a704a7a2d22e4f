"""Postmark's webhooks as it posts them, with the fields of its reference."""

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import ClientResponse, encode_basic_auth

from tests.web.real import Client

AUTH = encode_basic_auth("postmark", "test-callback-password")


def bounce(
    email: str, *, id_: int = 42, type_: str = "HardBounce", inactive: bool = True, **more: Any
) -> dict[str, Any]:
    """Return the body of a bounce."""
    return {
        "RecordType": "Bounce",
        "ID": id_,
        "Type": type_,
        "TypeCode": 1,
        "Name": "Hard bounce" if type_ == "HardBounce" else type_,
        "ServerID": 23,
        "MessageStream": "outbound",
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Description": "The server was unable to deliver your message.",
        "Details": "smtp;550 5.1.1 The account does not exist.",
        "Email": email,
        "From": "alerts@example.com",
        "BouncedAt": "2026-11-18T11:06:54.9070259Z",
        "DumpAvailable": True,
        "Inactive": inactive,
        "CanActivate": True,
        "Subject": "DoubleChargeDetected",
        "Metadata": {},
        **more,
    }


def spam_complaint(email: str, **more: Any) -> dict[str, Any]:
    """Return the body of a spam complaint."""
    body = bounce(email, type_="SpamComplaint", inactive=False)
    return {**body, "RecordType": "SpamComplaint", "TypeCode": 512, **more}


def subscription_change(email: str, *, suppress: bool, **more: Any) -> dict[str, Any]:
    """Return the body of a suppression, or of its end."""
    return {
        "RecordType": "SubscriptionChange",
        "ServerID": 23,
        "MessageStream": "outbound",
        "MessageID": None,
        "Recipient": email,
        "ChangedAt": "2026-11-18T11:16:54.9070259Z",
        "Origin": "Admin",
        "SuppressSending": suppress,
        "SuppressionReason": "ManualSuppression" if suppress else None,
        "Metadata": {},
        **more,
    }


async def post(
    client: Client,
    body: Mapping[str, Any] | bytes,
    *,
    path: str = "/callbacks/email",
    authorization: str | None = AUTH,
) -> ClientResponse:
    """Post a body as Postmark does."""
    headers = {} if authorization is None else {"Authorization": authorization}
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return await client.post(path, data=content, headers=headers)
