"""Asking Stripe whether webhook endpoints are enabled, for each source with an `api_key`.

Every replica asks for itself: the same alert from two of them is stored once, as from two
Prometheus servers, and an outage of one delays nothing.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress

from gateway import __version__
from gateway.channels.support.client import HttpClient
from gateway.core.alerts.reported_alert import ReportedAlert
from gateway.core.plan.accounts import Secret, SourceSettings
from gateway.flow.intake.intake import OverloadedError
from gateway.flow.runtime.health import Health
from gateway.flow.stripe.endpoint_alerts import StripeEndpoint, endpoint_alerts
from gateway.flow.stripe.read_endpoints import API, StripeError, read_endpoints

log = logging.getLogger(__name__)

EVERY = 300.0
"""Seconds between two questions. Stripe tries an endpoint for days before it disables it."""

PATIENCE = 1800.0
"""Seconds of failures after which /readyz lists a source."""

Submit = Callable[[str, Sequence[ReportedAlert]], Awaitable[None]]


class StripeEndpointMonitor:
    """Watches the webhook endpoints of Stripe's accounts. Used from the event loop."""

    def __init__(
        self,
        sources: Callable[[], Mapping[str, SourceSettings]],
        now: Callable[[], float],
        submit: Submit,
    ) -> None:
        """`submit` stores the alerts of a source."""
        self._sources = sources
        self._now = now
        self._submit = submit
        self._known: dict[str, Mapping[str, StripeEndpoint]] = {}
        self.api = API
        self._problems: dict[str, tuple[float, str]] = {}  # since when, by source

    async def run(self, mark_healthy: Callable[[], None]) -> None:
        """Ask until cancelled."""
        while True:
            await self.round()
            mark_healthy()
            await asyncio.sleep(EVERY)

    async def round(self) -> None:
        """Ask for the endpoints of each account once."""
        watched = {
            name: (one, one.api_key)
            for name, one in self._sources().items()
            if one.api_key is not None
        }
        for name in self._problems.keys() - watched.keys():
            del self._problems[name]
        if not watched:
            return
        client = HttpClient(1, headers={"User-Agent": f"alert-gateway/{__version__}"})
        try:
            for source, key in watched.values():
                await self._ask(client, source, key)
        finally:
            await client.close()

    def health(self) -> list[Health]:
        """Return the state of each source whose account was asked, for /readyz."""
        now = self._now()
        return [
            Health(f"Stripe endpoints ({name})", text, "they are not known", ok=False)
            for name, (since, text) in self._problems.items()
            if now - since >= PATIENCE
        ]

    async def _ask(self, client: HttpClient, source: SourceSettings, key: Secret) -> None:
        name = source.name
        try:
            endpoints = await read_endpoints(client, key, self.api)
        except StripeError as error:
            if name not in self._problems:
                log.warning("source %s: %s", name, error)
            since, _ = self._problems.get(name, (self._now(), ""))
            self._problems[name] = (since, str(error))
            return
        if self._problems.pop(name, None):
            log.info("source %s: Stripe lists its endpoints again", name)
        alerts = endpoint_alerts(source, endpoints, self._known.get(name, {}), self._now())
        with suppress(OverloadedError):  # the next round repeats it
            await self._submit(name, alerts)
            self._known[name] = {one.id: one for one in endpoints}
