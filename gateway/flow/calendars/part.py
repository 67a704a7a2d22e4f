"""The events of calendars as a part of the plan in force."""

import hashlib
from collections.abc import Callable, Mapping, Sequence

from gateway.config.load import Config
from gateway.core.oncall.calendar_events import CalendarCopy, UnknownName
from gateway.core.plan.calendars import CalendarKey, calendars_of, with_calendars
from gateway.core.plan.plan import Plan
from gateway.flow.calendars.reading import events_of
from gateway.store import Tx
from gateway.store.state import calendars as state

StoredCopies = Mapping[str, CalendarCopy]
"""The events of calendars by their keys in the store."""


class CalendarsPart:
    """Puts the events of the last good copies into the plan.

    `unknown` are the events that name nobody, of the plan that was made last.
    """

    def __init__(self, config: Callable[[], Config]) -> None:
        self._config = config
        self._copies: dict[str, tuple[int, CalendarCopy]] = {}  # with their versions
        self.unknown: Mapping[CalendarKey, Sequence[UnknownName]] = {}

    def read(self, tx: Tx, now: float) -> StoredCopies:
        """Return the events of all calendars that were read."""
        copies: dict[str, tuple[int, CalendarCopy]] = {}
        for key, version in state.versions(tx).items():
            known = self._copies.get(key)
            if known is None or known[0] != version:
                (stored,) = state.read(tx, [key]).values()
                events = events_of(stored).events
                known = version, CalendarCopy(events, stored.known_from, stored.known_until)
            copies[key] = known
        self._copies = copies  # replaced as a whole: two threads may read at once
        return {key: copy for key, (_, copy) in copies.items()}

    def apply(self, plan: Plan, stored: StoredCopies) -> Plan:
        """Return the plan with the events of its calendars; unread ones are not known."""
        config = self._config()
        copies = {
            key: copy
            for key in calendars_of(plan)
            if (copy := stored.get(store_key(config, key))) is not None
        }
        installed = with_calendars(plan, copies)
        self.unknown = installed.unknown
        return installed.plan

    def adopt(self, tx: Tx, before: Plan | None, after: Plan, now: float) -> Sequence[str]:
        """Do nothing: a new configuration changes no copy."""
        return ()


def store_key(config: Config, key: CalendarKey) -> str:
    """Return the key of a calendar in the store, which does not show its URL."""
    source = config.calendars.sources.get(key.address)
    if source is None:  # of another configuration, which is about to come into force
        return ""
    where = source.path if source.url is None else source.url.reveal()
    text = "\0".join((where, key.zone, key.use))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
