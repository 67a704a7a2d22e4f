"""The whole chain as processes: exporter, Prometheus, Alertmanager, gateway, fake vendors."""

import json
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.endtoend.heard import Heard, all_heard
from tests.endtoend.monitoring import Alertmanager, Exporter, Prometheus, free_port, posting_to
from tests.endtoend.shortened import WINDOW, routes
from tests.processes.gateway import Gateway
from tests.processes.harness import CHECKOUT, ended_after, request, wait_for
from tests.processes.vendors import Vendors

ALERTMANAGER_TOKEN = "test-alertmanager-token"
PROMETHEUS_TOKEN = "test-prometheus-token"
SECRETS = {
    "ALERTMANAGER_TOKEN": ALERTMANAGER_TOKEN,
    "PROMETHEUS_TOKEN": PROMETHEUS_TOKEN,
    "PAGERDUTY_BILLING_KEY": "test0pagerduty0routing0key000001",
    "PAGERDUTY_PLATFORM_KEY": "test0pagerduty0routing0key000002",
}

Told = dict[tuple[str, str], tuple[str, ...]]
"""By vendor and address: what was said there, in order (Heard.said)."""


class World:
    """Vendors and a gateway with the shipped routes.yaml, shortened; monitoring as asked for.

    A step of an escalation waits for `step_wait` seconds. Everything ends with the block.
    """

    def __init__(self, home: Path, step_wait: float) -> None:
        self.home = home
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
                routes(shipped, self._step_wait, self.vendors.urls),
                self.vendors,
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
        """Start the exporter, Prometheus and, in between it and the gateway, Alertmanager.

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

    def heard(self) -> list[Heard]:
        """What the vendors took so far, in order."""
        return list(all_heard(self.vendors.accepted()))

    def incident(self, alert: str) -> int:
        """The number of the incident that was told of for this alert; waits for it."""
        said = wait_for(
            f"somebody hears of {alert}",
            lambda: [one for one in self.heard() if alert in one.title],
        )
        return said[0].incident

    def told(self, incident: int) -> Told:
        """What was said of an incident."""
        found: Told = {}
        for one in self.heard():
            if one.incident == incident:
                who = (one.vendor, one.to)
                found[who] = (*found.get(who, ()), one.said)
        return found

    def wait_until_told(self, incident: int, wanted: Told) -> None:
        """Wait until exactly this was said of an incident; say what differs when it never is."""
        try:
            wait_for(f"#{incident} is told", lambda: self.told(incident) == wanted)
        except AssertionError:
            told = self.told(incident)
            differing = sorted(who for who in told | wanted if told.get(who) != wanted.get(who))
            lines = [f"{who}: {told.get(who)}, not {wanted.get(who)}" for who in differing]
            raise AssertionError("\n".join([f"of #{incident} was said to", *lines])) from None

    def link(self, incident: int, to: str) -> str:
        """The newest acknowledge link that somebody was sent."""
        said = [one for one in self.heard() if one.incident == incident and one.to == to]
        (link,) = next(one.ack_links for one in reversed(said) if one.ack_links)
        return link

    def problems(self) -> list[str]:
        """What the vendors' published schemas forbid in what they took."""
        found: list[str] = []
        for url in self.vendors.urls.values():
            found += json.loads(request(f"{url}/_control")[2])["problems"]
        return found
