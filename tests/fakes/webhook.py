"""A fake webhook receiver: takes any JSON that is posted."""

from typing import Any

from tests.fakes.server import Answer, Fake, Received


class FakeWebhook(Fake):
    """Answers 200 to what looks like Alertmanager's webhook, 400 to all else."""

    name = "webhook"

    def handle(self, request: Received) -> Any:
        """Look for the fields that a consumer reads."""
        body = request.json
        if request.method != "POST" or not isinstance(body, dict) or body.get("version") != "4":
            raise Answer(400, {"error": "not a webhook of version 4"})
        return {}
