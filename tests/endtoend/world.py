"""The whole chain as processes: exporter, Prometheus, Alertmanager, gateway, fake vendors."""

import json
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.endtoend.monitoring import Alertmanager, Exporter, Prometheus, free_port, posting_to
from tests.endtoend.received import ReceivedMessage, received_messages
from tests.endtoend.shortened import WINDOW, routes
from tests.processes.gateway import Gateway
from tests.processes.harness import CHECKOUT, ended_after, request, wait_for
from tests.processes.vendors import Vendors

ALERTMANAGER_TOKEN = "test-alertmanager-token"
PROMETHEUS_TOKEN = "test-prometheus-token"
SECRETS = {
    "ALERTMANAGER_TOKEN": ALERTMANAGER_TOKEN,
    "PROMETHEUS_TOKEN": PROMETHEUS_TOKEN,
    "GRAFANA_TOKEN": "test-grafana-token",
    "SENTRY_CLIENT_SECRET": "test-sentry-client-secret",
    "PAGERDUTY_BILLING_KEY": "test0pagerduty0routing0key000001",
    "PAGERDUTY_PLATFORM_KEY": "test0pagerduty0routing0key000002",
}

Summaries = dict[tuple[str, str], tuple[str, ...]]
"""By vendor and address: the summaries of the messages, in order."""


class World:
    """Vendors and a gateway with the shipped routes.yaml, shortened; monitoring on request.

    An escalation step waits for `step_wait` seconds. Everything ends with the block.
    """

    def __init__(self, home: Path, step_wait: float, more: Mapping[str, Any] | None = None) -> None:
        """`more` are sections and entries beside those of the shipped file."""
        self.home = home
        self._more = more
        self._step_wait = step_wait
        self._ends = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as ends:
            self.vendors = Vendors(self.home)
            ends.enter_context(ended_after(self.vendors))
            self.vendors.ready()
            shipped = (CHECKOUT / "routes.yaml").read_text()
            address = f"127.0.0.1:{free_port()}"
            self.gateway = Gateway(
                self.home / "gateway",
                routes(shipped, self._step_wait, self.vendors.urls, self._more),
                self.vendors,
                installed=True,
                GATEWAY_LISTEN=address,
                GATEWAY_EXTERNAL_URL=f"http://{address}",
                **SECRETS,
            )
            ends.enter_context(ended_after(self.gateway))
            self.gateway.start()
            self._ends = ends.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ends.close()

    def start_monitoring(self, *, with_alertmanager: bool, window: int = WINDOW) -> None:
        """Start the exporter, Prometheus and, between it and the gateway, Alertmanager.

        Raises FileNotFoundError with the name of a program that is not installed.
        """
        self.exporter = Exporter(self.home)
        self._ends.callback(self.exporter.kill)
        goal, bearer = self.gateway.url, PROMETHEUS_TOKEN
        if with_alertmanager:
            webhook = f"{self.gateway.url}/webhook/alertmanager"
            self.alertmanager = Alertmanager(self.home, posting_to(webhook, ALERTMANAGER_TOKEN))
            self._ends.callback(self.alertmanager.stop)
            goal, bearer = self.alertmanager.url, ""
        self.exporter.wait()
        self.prometheus = Prometheus(self.home, self.exporter.url, goal, bearer, window)
        self._ends.callback(self.prometheus.stop)
        if with_alertmanager:
            self.alertmanager.wait()
        self.prometheus.wait()

    def received(self) -> list[ReceivedMessage]:
        """Return what the vendors accepted so far, in order."""
        return list(received_messages(self.vendors.accepted()))

    def incident(self, alert: str) -> int:
        """Wait for a message about this alert; return its incident's number."""
        messages = wait_for(
            f"a message about {alert}",
            lambda: [one for one in self.received() if alert in one.title],
        )
        return messages[0].incident

    def summaries(self, incident: int) -> Summaries:
        """Return the summaries of an incident's messages by vendor and address."""
        summaries: Summaries = {}
        for one in self.received():
            if one.incident == incident:
                who = (one.vendor, one.to)
                summaries[who] = (*summaries.get(who, ()), one.summary)
        return summaries

    def wait_until_received(self, incident: int, expected: Summaries) -> None:
        """Wait until exactly this was received; if it never is, raise with the differences."""
        try:
            wait_for(f"#{incident} is notified", lambda: self.summaries(incident) == expected)
        except AssertionError:
            summaries = self.summaries(incident)
            differing = sorted(
                who for who in summaries | expected if summaries.get(who) != expected.get(who)
            )
            lines = [f"{who}: {summaries.get(who)}, not {expected.get(who)}" for who in differing]
            raise AssertionError(
                "\n".join([f"about #{incident} was received by", *lines])
            ) from None

    def link(self, incident: int, to: str) -> str:
        """Return the newest acknowledge link that an address received."""
        messages = [one for one in self.received() if one.incident == incident and one.to == to]
        (link,) = next(one.ack_links for one in reversed(messages) if one.ack_links)
        return link

    def problems(self) -> list[str]:
        """Return what violates the vendors' published schemas in the accepted requests."""
        problems: list[str] = []
        for url in self.vendors.urls.values():
            problems += json.loads(request(f"{url}/_control")[2])["problems"]
        return problems
