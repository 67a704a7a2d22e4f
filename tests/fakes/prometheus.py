"""A fake Prometheus: its instant queries, with answers by query."""

from typing import Any
from urllib.parse import parse_qs

from tests.fakes.server import AnswerError, Fake, Received


class FakePrometheus(Fake):
    """Answers POST /api/v1/query; `values` are by query, one or several samples.

    `queries` records each query with its time.
    """

    name = "prometheus"

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, Any] = {}
        self.queries: list[tuple[str, float]] = []
        self.bearer = ""

    def handle(self, request: Received) -> Any:
        """Answer as Prometheus does: a vector, and 400 for what is no PromQL."""
        if request.path != "/api/v1/query" or request.method != "POST":
            raise AnswerError(404, "404 page not found")
        if self.bearer and request.headers.get("Authorization") != f"Bearer {self.bearer}":
            raise AnswerError(401, "Unauthorized")
        form = parse_qs(request.raw.decode())
        query, at = form["query"][0], float(form["time"][0])
        self.queries.append((query, at))
        if query not in self.values:
            error = f'invalid parameter "query": 1:1: parse error: unexpected {query}'
            raise AnswerError(400, {"status": "error", "errorType": "bad_data", "error": error})
        known = self.values[query]
        values = known if isinstance(known, list) else [known]
        result = [{"metric": {}, "value": [at, str(value)]} for value in values]
        return {"status": "success", "data": {"resultType": "vector", "result": result}}
