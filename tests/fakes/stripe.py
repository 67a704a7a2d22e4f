"""A fake Stripe: the list of an account's webhook endpoints.

Shaped by https://docs.stripe.com/api/webhook_endpoints/list
"""

from typing import Any
from urllib.parse import parse_qs

from tests.fakes.server import AnswerError, Fake, Received


class FakeStripe(Fake):
    """Answers GET /v1/webhook_endpoints in pages; `endpoints` are as Stripe shows them."""

    name = "stripe"

    def __init__(self) -> None:
        super().__init__()
        self.endpoints: list[dict[str, Any]] = []
        self.key = "rk_test_fake"
        self.may_read = True
        self.page = 100

    def add(self, id_: str, status: str = "enabled", url: str = "") -> None:
        """Add an endpoint."""
        self.endpoints.append(
            {
                "id": id_,
                "object": "webhook_endpoint",
                "enabled_events": ["invoice.paid"],
                "livemode": True,
                "status": status,
                "url": url or f"https://billing.example.com/stripe/{id_}",
            }
        )

    def handle(self, request: Received) -> Any:
        """Answer as Stripe does, with its errors for a wrong key and a missing permission."""
        if request.method != "GET" or request.path != "/v1/webhook_endpoints":
            raise AnswerError(404, _error("Unrecognized request URL"))
        if request.headers.get("Authorization") != f"Bearer {self.key}":
            raise AnswerError(401, _error("Invalid API Key provided"))
        if not self.may_read:
            raise AnswerError(403, _error("The provided key does not have the permission"))
        query = {name: values[0] for name, values in parse_qs(request.query).items()}
        ids = [one["id"] for one in self.endpoints]
        first = ids.index(query["starting_after"]) + 1 if "starting_after" in query else 0
        size = min(int(query.get("limit", "10")), self.page)
        more = first + size < len(ids)
        data = self.endpoints[first : first + size]
        return {"object": "list", "url": request.path, "has_more": more, "data": data}


def _error(message: str) -> dict[str, Any]:
    return {"error": {"type": "invalid_request_error", "message": message}}
