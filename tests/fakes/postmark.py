"""A fake Postmark: POST /email with its checks and error codes."""

import itertools
from typing import Any

from tests.fakes.server import AnswerError, Fake, Received

# Postmark developer docs, "API overview" and "Email API".
MAX_BODY = 5 * 1024 * 1024
MAX_MESSAGE = 10 * 1024 * 1024
MAX_RECIPIENTS = 50


class FakePostmark(Fake):
    """Keeps accepted mails in `mails`. `inactive` addresses bounced before (ErrorCode 406)."""

    name = "postmark"
    schema = "postmark"

    def __init__(self, *, token: str = "", **more: Any) -> None:
        super().__init__(**more)
        self.token = token  # "": any
        self.inactive: set[str] = set()
        self.mails: list[dict[str, Any]] = []
        self._numbers = itertools.count(1)

    def handle(self, request: Received) -> Any:
        """Check the mail and keep it."""
        token = request.headers.get("X-Postmark-Server-Token", "")
        if not token or (self.token and token != self.token):
            raise _error(401, 10, "Bad or missing Server API token.")
        if (request.method, request.path) == ("GET", "/server"):
            return {"ID": 1, "Name": "Billing", "DeliveryType": "Live"}
        if request.path != "/email" or request.method != "POST":
            raise _error(404, 405, "Not found.")
        if not request.headers.get("Content-Type", "").startswith("application/json"):
            raise _error(415, 409, "JSON is needed.")
        mail = request.json
        if not isinstance(mail, dict):
            raise _error(422, 402, "Received invalid JSON input.")
        if len(request.raw) > MAX_MESSAGE:
            raise AnswerError(413, {"ErrorCode": 0, "Message": "Too large."})
        _check(mail)
        to = mail["To"]
        recipients = _recipients(mail)
        inactive = [one for one in recipients if one.lower() in self.inactive]
        if len(inactive) == len(recipients):
            raise _error(422, 406, f"You tried to send to recipients that are inactive: {to}.")
        note = "Message OK, but will not deliver to these inactive addresses: "
        self.mails.append(mail)
        number = next(self._numbers)
        return {
            "To": to,
            "SubmittedAt": "2026-11-20T03:00:00.0000000Z",
            "MessageID": f"00000000-0000-4000-8000-{number:012d}",
            "ErrorCode": 0,
            "Message": f"{note}{', '.join(inactive)}. Inactive: see" if inactive else "OK",
        }


def headers_of(mail: dict[str, Any]) -> dict[str, str]:
    """The mail's own headers as a map."""
    return {header["Name"]: header["Value"] for header in mail.get("Headers") or ()}


def _recipients(mail: dict[str, Any]) -> list[str]:
    return [
        address.strip()
        for name in ("To", "Cc", "Bcc")
        for address in (mail.get(name) or "").split(",")
        if address
    ]


def _check(mail: dict[str, Any]) -> None:
    recipients = _recipients(mail)
    if not recipients or any(address.count("@") != 1 for address in recipients):
        raise _error(422, 300, "Invalid 'To' address.")
    if len(recipients) > MAX_RECIPIENTS:
        raise _error(422, 300, "More than 50 recipients.")
    if "@" not in (mail.get("From") or ""):
        raise _error(422, 300, "Invalid 'From' address.")
    if not (mail.get("TextBody") or mail.get("HtmlBody")):
        raise _error(422, 300, "Provide either email TextBody or HtmlBody or both.")
    for name in ("TextBody", "HtmlBody"):
        if len((mail.get(name) or "").encode()) > MAX_BODY:
            raise _error(422, 300, f"{name} is larger than 5 MB.")
    # Stricter than Postmark, which passes these on: a line end here could start another header.
    heads = [mail.get("Subject") or "", *headers_of(mail).values(), *headers_of(mail)]
    if any(not text.isprintable() for text in heads):
        raise _error(422, 403, "A header holds control characters.")
    metadata = mail.get("Metadata") or {}
    if any(not isinstance(value, str) for value in metadata.values()):
        raise _error(422, 403, "Metadata is no flat map of texts.")


def _error(status: int, code: int, message: str) -> AnswerError:
    return AnswerError(status, {"ErrorCode": code, "Message": message})
