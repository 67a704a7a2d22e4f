"""What people did with an incident at a vendor that has incidents of its own, as PagerDuty."""

from dataclasses import dataclass
from enum import StrEnum


class VendorEventKind(StrEnum):
    """What happened to the vendor's incident."""

    OPENED = "opened"
    ACKNOWLEDGED = "acknowledged"
    UNACKNOWLEDGED = "unacknowledged"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    REASSIGNED = "reassigned"
    ESCALATED = "escalated"
    COMMENTED = "commented"
    IGNORED = "ignored"  # it changes nothing here


@dataclass(frozen=True, slots=True)
class VendorUser:
    """A user of the vendor, by its id and its display name, which proves nothing."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class VendorEvent:
    """An authentic event of a vendor about one of its incidents.

    `id` is the same when it is posted again. `incident` is the vendor's id, `key` our key of it
    where the vendor says so. `user` is None where a program or the vendor itself acted.
    `acknowledged` is the state after the event. `merged_into` is the vendor's id of the incident
    that this one was merged into. `at` is in Unix seconds, by the vendor's clock.
    """

    id: str
    kind: VendorEventKind
    name: str  # as the vendor calls the event
    incident: str
    at: float
    key: str = ""
    user: VendorUser | None = None
    assignee: VendorUser | None = None
    acknowledged: bool = False
    text: str = ""
    merged_into: str = ""


@dataclass(frozen=True, slots=True)
class Cause:
    """The event outside that an action comes from; an action of one event is done once.

    `account` and `event` name it. `origin` is the account key of the vendor that already knows
    what happened, and is not notified of it; empty: everybody is.
    """

    account: str
    event: str
    origin: str = ""
