"""A fake webhook receiver: accepts any JSON that is posted."""

from typing import Any

from tests.fakes.server import AnswerError, Fake, Received


class FakeWebhook(Fake):
    """A fake that answers 200 to Alertmanager's webhook, and 400 to anything else."""

    name = "webhook"

    def handle(self, request: Received) -> Any:
        """Check the fields that a consumer reads."""
        body = request.json
        if request.method != "POST" or not isinstance(body, dict) or body.get("version") != "4":
            raise AnswerError(400, {"error": "not a webhook of version 4"})
        return {}
