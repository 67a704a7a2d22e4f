"""A fake of services that Apprise reaches: its own JSON, and Mattermost's incoming webhooks.

Mattermost's is shaped by its developer documentation, "Incoming webhooks": `/hooks/ID`, a JSON
object with `text`, and "ok" as the answer.
"""

import re
from typing import Any

from tests.fakes.server import AnswerError, Fake, Received

_HOOK = re.compile(r"/hooks/[a-z0-9]{24,}")
LONGEST_POST = 16_383


class FakeServices(Fake):
    """Keeps what people read in `texts`, title and body together."""

    name = "services"

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.texts: list[str] = []

    def handle(self, request: Received) -> Any:
        """Check a message and keep it."""
        content = request.json
        if request.method != "POST" or not isinstance(content, dict):
            raise AnswerError(400, {"error": "a JSON object is needed"})
        if _HOOK.fullmatch(request.path):
            return self._mattermost(content)
        if not {"version", "title", "message", "type"} <= content.keys():
            raise AnswerError(400, {"error": "not a message of Apprise"})
        self.texts.append(f"{content['title']}\n{content['message']}")
        return {}

    def _mattermost(self, content: dict[str, Any]) -> str:
        text = content.get("text")
        if not isinstance(text, str) or not text:
            raise AnswerError(400, {"id": "web.incoming_webhook.text.app_error"})
        if len(text) > LONGEST_POST:
            raise AnswerError(400, {"id": "web.incoming_webhook.text.length.app_error"})
        self.texts.append(text)
        return "ok"
