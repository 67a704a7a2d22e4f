"""Why an incident or an alert does not notify, as data. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from gateway.core.time.timestamps import local_minute


class SuppressReason(StrEnum):
    """Why a decision does not notify: a label of the metric, and stored with the incident."""

    WAITING = "group wait"
    NOTHING_NEW = "nothing new"
    SILENCED = "silenced"
    INHIBITED = "inhibited"
    MUTED = "muted"
    SNOOZED = "snoozed"
    MERGED = "merged"
    OUTSIDE_ACTIVE = "outside active"
    ACKNOWLEDGED = "acknowledged"
    FLAPPING = "flapping"
    FLAPPING_END = "flapping end"
    RESOLVED_EARLY = "resolved before anybody was told"
    NO_TARGETS = "nobody to tell"
    FAULT = "fault"

    @property
    def counted_as(self) -> "SuppressReason":
        """The reason under which the metric counts it."""
        return _COUNTED_AS.get(self, self)


_COUNTED_AS = {
    SuppressReason.OUTSIDE_ACTIVE: SuppressReason.MUTED,
    SuppressReason.FLAPPING_END: SuppressReason.FLAPPING,
}


@dataclass(frozen=True, slots=True)
class Suppression:
    """One thing that keeps an incident or an alert from notifying.

    `by` names it: the author of a silence, an inhibit rule, time intervals, a person, a receiver,
    the type of an exception. `until` is in Unix seconds; None when its end is not known.
    """

    reason: SuppressReason
    by: str = ""
    until: float | None = None
    comment: str = ""

    def text(self, zone: str) -> str:
        """Return it as part of a sentence, with times on the wall clock of `zone`."""
        text = _TEXTS.get(self.reason, self.reason.value).format(by=self.by)
        if self.until is not None:
            text += f" until {local_minute(self.until, zone)}"
        return f"{text}: {self.comment}" if self.comment else text


_TEXTS = {
    SuppressReason.SILENCED: "silenced by {by}",
    SuppressReason.INHIBITED: "inhibited by {by}",
    SuppressReason.MUTED: "muted by time interval {by}",
    SuppressReason.OUTSIDE_ACTIVE: "outside active time interval {by}",
    SuppressReason.SNOOZED: "snoozed by {by}",
    SuppressReason.MERGED: "merged into incident {by}",
    SuppressReason.ACKNOWLEDGED: "acknowledged by {by} before the first notification",
    SuppressReason.FLAPPING: "flapping: changes are notified together",
    SuppressReason.FLAPPING_END: "flapping: the end is notified once nothing fires for a while",
    SuppressReason.NO_TARGETS: 'receiver "{by}" has no targets',
    SuppressReason.FAULT: "it could not be decided ({by}): a fault of the gateway, see its log",
}


def suppressions_text(suppressions: Sequence[Suppression], zone: str) -> str:
    """Return why an incident does not notify, for one line; empty when nothing suppresses it."""
    return ", ".join(one.text(zone) for one in suppressions)


def to_json(suppression: Suppression) -> dict[str, Any]:
    """Return a suppression as JSON for the store and the API."""
    return {
        "reason": suppression.reason.value,
        "by": suppression.by,
        "until": suppression.until,
        "comment": suppression.comment,
    }


def from_json(saved: Mapping[str, Any]) -> Suppression:
    """Undo `to_json`."""
    reason = SuppressReason(saved["reason"])
    return Suppression(reason, saved["by"], saved["until"], saved["comment"])
