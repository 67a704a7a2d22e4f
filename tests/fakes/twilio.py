"""A fake Twilio: POST Messages.json and Calls.json, with the checks of its published OpenAPI.

Shaped by twilio/twilio-oai at d50069b, spec/json/twilio_api_v2010.json: names, types and required
fields of the forms, and the properties of the answers. The further checks and their codes are
those of Twilio's "Error and Warning Dictionary".
"""

import base64
import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

from tests.fakes.server import AnswerError, Fake, Received

TEXT, WHOLE, URL, SID = r"(?s:.*)", r"[0-9]+", r"https?://\S+", r"[A-Z]{2}[0-9a-fA-F]{32}"
PHONE = r"\+[1-9][0-9]{6,14}"
MESSAGE_FIELDS: Mapping[str, str] = {
    "To": TEXT,
    "From": TEXT,
    "MessagingServiceSid": r"MG[0-9a-fA-F]{32}",
    "Body": TEXT,
    "StatusCallback": URL,
    "ValidityPeriod": WHOLE,
    "SmartEncoded": "true|false",
    "ShortenUrls": "true|false",
}
CALL_FIELDS: Mapping[str, str] = {
    "To": TEXT,
    "From": TEXT,
    "Url": URL,
    "Twiml": TEXT,
    "StatusCallback": URL,
    "StatusCallbackEvent": "initiated|ringing|answered|completed",
    "StatusCallbackMethod": "GET|POST",
    "Timeout": WHOLE,
    "TimeLimit": WHOLE,
    "MachineDetection": "Enable|DetectMessageEnd",
}
LONGEST_BODY = 1600
LONGEST_TWIML = 4000
LONGEST_VALIDITY = 36_000

_ACCOUNT_PATH = re.compile(r"/2010-04-01/Accounts/(AC[0-9a-fA-F]{32})\.json")
_PATH = re.compile(r"/2010-04-01/Accounts/(AC[0-9a-fA-F]{32})/(Messages|Calls)\.json")


@dataclass(frozen=True)
class Sent:
    """A message or a call that was accepted: its SID and its fields; lists where repeated."""

    sid: str
    fields: Mapping[str, list[str]]

    def __getitem__(self, name: str) -> str:
        return self.fields[name][0]

    def get(self, name: str) -> str:
        """Return a field, empty if it is absent."""
        return self.fields.get(name, [""])[0]


class FakeTwilio(Fake):
    """Keeps what it accepts in `messages` and `calls`. `refused` numbers get the code they have."""

    name = "twilio"

    def __init__(
        self, *, account_sid: str = "", username: str = "", token: str = "", **more: Any
    ) -> None:
        super().__init__(**more)
        self.account_sid = account_sid  # "": any
        self.username = username or account_sid
        self.token = token  # "": any
        self.refused: dict[str, int] = {}
        self.messages: list[Sent] = []
        self.calls: list[Sent] = []
        self._numbers = itertools.count(1)

    def success(self, request: Received) -> tuple[int, Any]:
        """201, as the published schema says."""
        return 200 if request.method == "GET" else 201, self.handle(request)

    def handle(self, request: Received) -> Any:
        """Check the form and keep it."""
        account_match = _ACCOUNT_PATH.fullmatch(request.path)
        if account_match is not None and request.method == "GET":
            if not self._known(request, account_match[1]):
                raise _error(401, 20003, "Authenticate")
            return {"sid": account_match[1], "friendly_name": "Billing", "status": "active"}
        match = _PATH.fullmatch(urlsplit(request.path).path)
        if match is None or request.method != "POST":
            raise _error(404, 20404, "The requested resource was not found")
        account, resource = match[1], match[2]
        if not self._known(request, account):
            raise _error(401, 20003, "Authenticate")
        fields = parse_qs(request.raw.decode(), keep_blank_values=True)
        if resource == "Messages":
            return self._message(account, fields)
        return self._call(account, fields)

    def _known(self, request: Received, account: str) -> bool:
        scheme, _, proof = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Basic":
            return False
        username, _, password = base64.b64decode(proof).decode().partition(":")
        return (
            account == (self.account_sid or account)
            and username == (self.username or username)
            and password == (self.token or password)
        )

    def _message(self, account: str, fields: dict[str, list[str]]) -> Any:
        self._check_fields("Messages", MESSAGE_FIELDS, fields)
        to = _first(fields, "To")
        sender = _first(fields, "From") or _first(fields, "MessagingServiceSid")
        if not sender:
            raise _error(400, 21603, "A 'From' phone number is required")
        self._check_number(to, 21211, "The 'To' number is not a valid phone number")
        body = _first(fields, "Body")
        if not body:
            raise _error(400, 21602, "Message body is required")
        if len(body) > LONGEST_BODY:
            raise _error(400, 21617, "The concatenated message body exceeds the 1600 characters")
        if not 1 <= int(_first(fields, "ValidityPeriod") or 1) <= LONGEST_VALIDITY:
            raise _error(400, 21626, "The validity period is out of range")
        _check_callback(_first(fields, "StatusCallback"))
        sent = Sent(f"SM{next(self._numbers):032x}", fields)
        self.messages.append(sent)
        service = sender if sender.startswith("MG") else None
        return {
            "sid": sent.sid,
            "account_sid": account,
            "api_version": "2010-04-01",
            "body": body,
            "direction": "outbound-api",
            "error_code": None,
            "error_message": None,
            "from": None if service else sender,
            "messaging_service_sid": service,
            "num_media": "0",
            "num_segments": "0" if service else "1",
            "price": None,
            "price_unit": "USD",
            "status": "accepted" if service else "queued",
            "subresource_uris": {},
            "to": to,
            "uri": f"/2010-04-01/Accounts/{account}/Messages/{sent.sid}.json",
        }

    def _call(self, account: str, fields: dict[str, list[str]]) -> Any:
        self._check_fields("Calls", CALL_FIELDS, fields)
        to, sender = _first(fields, "To"), _first(fields, "From")
        self._check_number(to, 13224, "The phone number you attempted to call is not valid")
        if not re.fullmatch(PHONE, sender):
            raise _error(400, 21212, "Invalid 'From' phone number")
        twiml = _first(fields, "Twiml")
        if not twiml and not _first(fields, "Url"):
            raise _error(400, 21205, "Url parameter is required")
        if len(twiml) > LONGEST_TWIML:
            raise _error(400, 21624, "The Twiml parameter is too long")
        try:
            ElementTree.fromstring(twiml or "<Response/>")
        except ElementTree.ParseError:
            raise _error(400, 12100, "Document parse failure") from None
        _check_callback(_first(fields, "StatusCallback"))
        sent = Sent(f"CA{next(self._numbers):032x}", fields)
        self.calls.append(sent)
        return {
            "sid": sent.sid,
            "account_sid": account,
            "api_version": "2010-04-01",
            "answered_by": None,
            "direction": "outbound-api",
            "duration": None,
            "from": sender,
            "status": "queued",
            "subresource_uris": {},
            "to": to,
            "uri": f"/2010-04-01/Accounts/{account}/Calls/{sent.sid}.json",
        }

    def _check_number(self, number: str, code: int, text: str) -> None:
        if not re.fullmatch(PHONE, number):
            raise _error(400, code, f"{text}: {number}")
        if number in self.refused:
            raise _error(400, self.refused[number], f"refused: {number}")

    def _check_fields(
        self, form: str, known: Mapping[str, str], fields: Mapping[str, list[str]]
    ) -> None:
        """Note what the published schema does not allow."""
        for name, values in fields.items():
            if name not in known:
                self.problems.append(f"twilio: {name} is not a field of {form}")
            elif not all(re.fullmatch(known[name], value) for value in values):
                self.problems.append(f"twilio: {name} of {form} is {values}")


def _check_callback(url: str) -> None:
    if url and ("_" in (urlsplit(url).hostname or "") or len(url) > 4000):
        raise _error(400, 21609, "The 'StatusCallback' URL is not a valid URL")


def _first(fields: Mapping[str, list[str]], name: str) -> str:
    return fields.get(name, [""])[0]


def _error(status: int, code: int, message: str) -> AnswerError:
    more = f"https://www.twilio.com/docs/errors/{code}"
    content = {"code": code, "message": message, "more_info": more, "status": status}
    return AnswerError(status, content)
