"""Calendars, built from the parsed file: where they are read, and layers of their events."""

from pathlib import Path

from gateway.config.build.accounts import PROXY_CONNECTS, Secrets
from gateway.config.grammar.calendars import CalendarLocation, calendar_url
from gateway.config.grammar.parsed import ParsedSection
from gateway.config.grammar.secret_types import secret_of
from gateway.config.source.problem import Findings
from gateway.core.oncall.event_layer import EventLayer
from gateway.core.plan.accounts import Secret
from gateway.core.plan.calendars import CalendarSettings, CalendarSource

SHORTEST_REFRESH = 60.0
"""Seconds. Servers of calendars refuse clients that ask more often."""


class CalendarBuilder:
    """Collects the calendars of a file. A relative path is below `folder`."""

    def __init__(self, folder: Path, secrets: Secrets) -> None:
        self._folder = folder
        self._secrets = secrets
        self._sources: dict[str, CalendarSource] = {}

    def add(self, location: CalendarLocation | None) -> str:
        """Add a calendar, and return the address that names it; empty for None."""
        if location is None:
            return ""
        if location.url is None:
            path = str(self._folder / location.path)
            self._sources[location.address] = CalendarSource(location.address, path=path)
        else:
            url = Secret(calendar_url(location.url.secret.reveal()))
            if location.address != location.url.secret.reveal():  # a public one is no secret
                self._secrets[location.address] = url
            self._sources[location.address] = CalendarSource(location.address, url)
        return location.address

    def layer(self, entry: ParsedSection, findings: Findings, *, name: str = "") -> EventLayer:
        """Return the layer of a section with ``ical:``; its events are not known yet."""
        layer = EventLayer(
            calendar=self.add(entry.get("ical")),
            overrides=self.add(entry.get("ical_overrides")),
            name=name,
        )
        if layer.overrides == layer.calendar:
            message = "ical_overrides: it is the same calendar as ical, and would hide it"
            findings.error(entry.position_of("ical_overrides"), message)
        return layer

    def settings(self, entry: ParsedSection | None, findings: Findings) -> CalendarSettings:
        """Return how the calendars that were added are read."""
        default = CalendarSettings()
        if entry is None:
            return CalendarSettings(self._sources)
        refresh = entry.get("refresh", default.refresh)
        if refresh < SHORTEST_REFRESH:
            findings.error(
                entry.position_of("refresh"),
                "refresh: write 1m or more, because servers refuse those who ask more often",
            )
        private_addresses = entry.get("private_addresses", "allow") == "allow"
        if "proxy" in entry and not private_addresses:
            findings.error(entry.position_of("proxy"), PROXY_CONNECTS)
        return CalendarSettings(
            sources=self._sources,
            refresh=refresh,
            confirm_after=entry.get("confirm_after", default.confirm_after),
            proxy=self._secrets.add(secret_of(entry.fields.get("proxy"))) or _plain(entry),
            private_addresses=private_addresses,
        )


def _plain(entry: ParsedSection) -> Secret | None:
    proxy = entry.get("proxy")
    return Secret(proxy) if isinstance(proxy, str) else None
