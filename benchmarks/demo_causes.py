"""Causes of alerts in the demonstration: real monitoring, or recorded webhooks."""

import json
import time
from collections.abc import Iterator
from typing import Any, Protocol

from gateway.core.time.timestamps import format_rfc3339
from tests.endtoend.world import ALERTMANAGER_TOKEN, World
from tests.processes.harness import CHECKOUT, request

RECORDED = CHECKOUT / "tests/fixtures/alertmanager"
AGAIN = 2.0
"""Seconds after which a recorded webhook is posted again, as the real Alertmanager does here."""


News = tuple[float, str, str]
"""Unix seconds, who acted, and what happened."""


class Causes(Protocol):
    """Alerts that can be made to fire and to resolve."""

    description: str
    """One sentence on how alerts reach the gateway."""

    def trip(self, *alerts: str) -> None:
        """Make them fire."""

    def heal(self, *alerts: str) -> None:
        """Make them resolve."""

    def news(self) -> Iterator[News]:
        """Yield what monitoring did since the last call."""

    def posted(self) -> int | None:
        """Return the number of posts to the gateway, None if it is not counted."""


class Monitoring:
    """The real Prometheus scrapes an exporter, evaluates the billing rules and posts what fires."""

    def __init__(self, world: World, *, with_alertmanager: bool) -> None:
        world.start_monitoring(with_alertmanager=with_alertmanager)
        self._world = world
        self._through = with_alertmanager
        self._states: dict[str, str] = {}
        path = "the real Alertmanager" if with_alertmanager else "the gateway itself (/api/v2)"
        self.description = f"The real Prometheus watches a billing service and posts to {path}."

    def trip(self, *alerts: str) -> None:
        """Change the metrics so that the rules fire."""
        self._world.exporter.trip(*alerts)

    def heal(self, *alerts: str) -> None:
        """Restore the metrics."""
        self._world.exporter.heal(*alerts)

    def news(self) -> Iterator[News]:
        """Yield the alerts that changed their state in Prometheus."""
        now = time.time()
        states = self._world.prometheus.alerts()
        for alert, state in sorted(states.items()):
            if self._states.get(alert) != state:
                yield now, "Prometheus", f"{alert} is {state}"
        for alert in sorted(self._states.keys() - states.keys()):
            yield now, "Prometheus", f"{alert} has ended"
        self._states = states

    def posted(self) -> int | None:
        """Return Alertmanager's own count of webhooks."""
        return self._world.alertmanager.posted() if self._through else None


class Recorded:
    """Posts recorded webhooks of Alertmanager, repeatedly while their alert fires."""

    description = "Recorded webhooks of Alertmanager are posted, repeats included."

    def __init__(self, world: World) -> None:
        self._url = f"{world.gateway.url}/webhook/alertmanager"
        self._firing: dict[str, dict[str, Any]] = {}
        self._news: list[News] = []
        self._posted_at: dict[str, float] = {}
        self._count = 0

    def trip(self, *alerts: str) -> None:
        """Post that they fire, since now."""
        for alert in alerts:
            self._firing[alert] = _begun_at(_recorded(alert), format_rfc3339(time.time()))
            self._news.append((time.time(), "Alertmanager", f"posts that {alert} is firing"))
            self._post(alert, self._firing[alert])

    def heal(self, *alerts: str) -> None:
        """Post that they are resolved, since now."""
        for alert in alerts:
            body = self._firing.pop(alert)
            for one in body["alerts"]:
                one |= {"status": "resolved", "endsAt": format_rfc3339(time.time())}
            self._news.append((time.time(), "Alertmanager", f"posts that {alert} is resolved"))
            self._post(alert, {**body, "status": "resolved"})

    def news(self) -> Iterator[News]:
        """Yield what was posted for the first time, and post again what still fires."""
        for alert, body in self._firing.items():
            if time.time() - self._posted_at[alert] > AGAIN:
                self._post(alert, body)
        news, self._news = self._news, []
        yield from news

    def posted(self) -> int | None:
        """Return the number of posts."""
        return self._count

    def _post(self, alert: str, body: dict[str, Any]) -> None:
        self._posted_at[alert] = time.time()
        self._count += 1
        head = {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {ALERTMANAGER_TOKEN}",
        }
        status, _, answer = request(self._url, "POST", json.dumps(body).encode(), head)
        if status != 200:
            raise OSError(f"the gateway answered {status}: {answer.decode()}")


def _recorded(alert: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((RECORDED / f"billing-{alert}-firing.json").read_text())
    return content


def _begun_at(body: dict[str, Any], start: str) -> dict[str, Any]:
    return {**body, "alerts": [{**one, "startsAt": start} for one in body["alerts"]]}
