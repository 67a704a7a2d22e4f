"""A fake of ntfy's server: publishing as JSON, as its documentation and its source describe.

docs/publish.md ("Publish as JSON", "Action buttons", "Limitations"), server/errors.go.
"""

import re
from base64 import b64decode
from typing import Any

from tests.fakes.server import AnswerError, Fake, Received

MESSAGE_BYTES = 4096
BODY_BYTES = 8192
FIELDS = frozenset(
    (
        *("topic", "message", "title", "tags", "priority", "click", "attach", "filename"),
        *("actions", "markdown", "icon", "delay", "email", "call", "cache", "sequence_id"),
    )
)


class FakeNtfy(Fake):
    """A server; with a token or a user it asks for them, as `auth-default-access: deny-all`."""

    name = "ntfy"

    def __init__(
        self, *, token: str = "", user: tuple[str, str] | None = None, **more: Any
    ) -> None:
        super().__init__(**more)
        self._token, self._user = token, user
        self.messages: list[dict[str, Any]] = []

    def handle(self, request: Received) -> Any:
        """Publish a message, or refuse as the server does."""
        if (request.method, request.path) == ("GET", "/v1/account"):
            self._check_login(request.headers.get("Authorization", ""))
            return {"username": "*", "role": "anonymous"}
        if request.method != "POST" or request.path != "/":
            raise refusal(404, 40401, "page not found")
        self._check_login(request.headers.get("Authorization", ""))
        if len(request.raw) > BODY_BYTES:
            raise refusal(413, 41303, "JSON body too large")
        content = request.json
        if not isinstance(content, dict) or not isinstance(content.get("topic"), str):
            raise refusal(400, 40017, "invalid request: request body must be message JSON")
        self.problems += [f"unknown field {name}" for name in content.keys() - FIELDS]
        if not re.fullmatch(r"[-_A-Za-z0-9]{1,64}", content["topic"]):
            raise refusal(400, 40009, "invalid request: topic invalid")
        if len(content.get("message", "").encode()) > MESSAGE_BYTES:
            raise refusal(400, 40014, "invalid request: attachments not allowed")
        if content.get("priority", 3) not in (1, 2, 3, 4, 5):
            raise refusal(400, 40007, "invalid priority parameter")
        self._check_actions(content.get("actions", []))
        self.problems += [f"a comma in tag {tag}" for tag in content.get("tags", ()) if "," in tag]
        message = {"id": f"m{len(self.messages)}", "time": 1, "event": "message", **content}
        self.messages.append(message)
        return message

    def _check_login(self, header: str) -> None:
        allowed = [f"Bearer {self._token}"] if self._token else []
        kind, _, value = header.partition(" ")
        if self._user is not None:
            login = b64decode(value).decode() if kind == "Basic" else ""
            allowed += [header] if login == ":".join(self._user) else []
        if (self._token or self._user) and header not in allowed:
            raise refusal(401 if header else 403, 40101 if header else 40301, "unauthorized")

    def _check_actions(self, actions: list[dict[str, Any]]) -> None:
        for one in actions:
            if one.get("action") not in ("view", "http", "broadcast") or not one.get("label"):
                raise refusal(400, 40018, "invalid request: actions invalid, unknown action")
            if not one.get("url", "").startswith(("http://", "https://")):
                raise refusal(400, 40018, "invalid request: actions invalid, url is required")
        if len(actions) > 3:
            raise refusal(400, 40018, "invalid request: actions invalid, only 3 are allowed")


def refusal(status: int, code: int, text: str) -> AnswerError:
    """Return an error as the server writes it."""
    link = "https://ntfy.sh/docs/publish/"
    return AnswerError(status, {"code": code, "http": status, "error": text, "link": link})
