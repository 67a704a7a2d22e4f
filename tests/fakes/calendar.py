"""A fake server of calendars: one text with an ETag at every path, and redirects."""

from hashlib import sha256
from typing import Any

from tests.fakes.server import AnswerError, Fake, Received


class FakeCalendarServer(Fake):
    """Answers GET with `text`, 304 if the ETag is known, and a redirect where one is set."""

    name = "calendar"

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self.text = text
        self.redirects: dict[str, str] = {}  # by path
        self.validators = True

    def handle(self, request: Received) -> Any:
        """Answer as the servers of Google and Outlook do."""
        if request.path in self.redirects:
            raise AnswerError(302, "", {"Location": self.redirects[request.path]})
        if not self.validators:
            return self.text
        etag = f'"{sha256(self.text.encode()).hexdigest()[:16]}"'
        headers = {"ETag": etag, "Last-Modified": "Wed, 18 Nov 2026 10:00:00 GMT"}
        if request.headers.get("If-None-Match") == etag:
            raise AnswerError(304, "", headers)
        raise AnswerError(200, self.text, headers)
