"""What people do during a soak, from a seed: pages, acknowledgements, silences and reports."""

import json
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from urllib.parse import quote

from benchmarks.alerts import format_time
from benchmarks.programs import PATIENCE, MeasurementError

PEOPLE = ("ana", "ben", "cho", "dee")
SILENCED = timedelta(seconds=30)
"""Length of each silence, so that few are active at once."""

EVERY = {"page": 5, "acknowledge": 2, "silence": 20, "report": 30}
"""Seconds between two actions of each kind."""


@dataclass(slots=True)
class People:
    """Acts once a second on the gateway at `port`; `done` counts the actions of each kind."""

    port: int
    seed: int = 1
    done: dict[str, int] = field(default_factory=lambda: dict.fromkeys(EVERY, 0))

    def act(self, second: int) -> None:
        """Do what is due in this second. Raises MeasurementError for an unexpected answer."""
        chance = random.Random(f"{self.seed}/{second}")
        actions = {
            "page": self._page,
            "acknowledge": self._acknowledge,
            "silence": self._silence,
            "report": self._report,
        }
        for kind, every in EVERY.items():
            if second % every == 0:
                actions[kind](chance)
                self.done[kind] += 1

    def _page(self, chance: random.Random) -> None:
        self._ask("GET", chance.choice(("/", "/api/v2/alerts", "/api/v1/incidents")))

    def _acknowledge(self, chance: random.Random) -> None:
        listing = json.loads(self._ask("GET", "/api/v1/incidents"))["incidents"]
        if listing:
            path = f"/api/v1/incidents/{chance.choice(listing)['number']}/ack"
            self._ask("POST", path, {"as": chance.choice(PEOPLE)}, allowed=(200, 409))

    def _silence(self, chance: random.Random) -> None:
        now = datetime.now(UTC)
        namespace = f"namespace-{chance.randrange(20):02d}"
        matcher = {"name": "namespace", "value": namespace, "isRegex": False, "isEqual": True}
        silence = {
            "matchers": [matcher],
            "startsAt": format_time(now),
            "endsAt": format_time(now + SILENCED),
            "createdBy": chance.choice(PEOPLE),
            "comment": "maintenance of one namespace",
        }
        self._ask("POST", "/api/v2/silences", silence)

    def _report(self, chance: random.Random) -> None:
        since = format_time(datetime.now(UTC) - timedelta(hours=1))
        by = chance.choice(("team", "alertname"))
        self._ask("GET", f"/api/v1/reports/figures?from={quote(since)}&by={by}")

    def _ask(
        self, method: str, path: str, body: object = None, allowed: tuple[int, ...] = (200,)
    ) -> bytes:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            text = None if body is None else json.dumps(body).encode()
            connection.request(method, path, text, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            content = answer.read()
            if answer.status not in allowed:
                raise MeasurementError(f"{path} answered {answer.status}: {content[:300]!r}")
            return content
        finally:
            connection.close()
