"""Access to a notice's facts that tolerates missing keys and other types.

Facts come from the database and may have been written by an older release. A message must be sent
nevertheless, so values that cannot be read are omitted.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.core.incidents.facts import StoredFacts
from gateway.core.incidents.message import Message


@dataclass(slots=True)
class AlertFacts:
    """One alert as it was when the notice was decided. Instants are unix seconds.

    Never changed; not frozen only because a message may have a thousand, and frozen is slower.
    """

    status: str = "firing"
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    starts_at: float | None = None
    ends_at: float | None = None
    generator_url: str = ""
    fingerprint: str = ""

    @property
    def firing(self) -> bool:
        """Return whether it is not resolved."""
        return self.status != "resolved"


def alerts(facts: StoredFacts, key: str = "alerts") -> tuple[AlertFacts, ...]:
    """Return the alerts, the firing ones first, else in the stored order.

    The key `unheard` holds those that resolved before a notification of their firing.
    """
    listed = facts.get(key)
    if not isinstance(listed, list | tuple):
        return ()
    listed_alerts = [_alert(item) for item in listed if isinstance(item, Mapping)]
    return tuple(sorted(listed_alerts, key=lambda alert: not alert.firing))


def _alert(item: Mapping[str, Any]) -> AlertFacts:
    return AlertFacts(
        status=text(item, "status") or "firing",
        labels=mapping(item, "labels"),
        annotations=mapping(item, "annotations"),
        starts_at=number(item, "starts_at"),
        ends_at=number(item, "ends_at"),
        generator_url=text(item, "generator_url"),
        fingerprint=text(item, "fingerprint"),
    )


def incident_name(message: Message) -> str:
    """Return a name for a message without text; a digest has no number."""
    title = text(message.facts, "title")
    return f"Incident #{message.incident}" if message.incident else title or message.kind.value


def text(facts: StoredFacts, key: str) -> str:
    """Return a text, or "" if there is none."""
    value = facts.get(key)
    return value if isinstance(value, str) else ""


def number(facts: StoredFacts, key: str) -> float | None:
    """Return a number, or None."""
    value = facts.get(key)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def count(facts: StoredFacts, key: str) -> int:
    """Return a count, 0 if there is none."""
    return int(number(facts, key) or 0)


def mapping(facts: StoredFacts, key: str) -> dict[str, str]:
    """Return a map of texts, without other entries.

    It may be shared: do not change it.
    """
    value = facts.get(key)
    if not isinstance(value, Mapping):
        return {}
    if type(value) is dict:
        try:  # nearly always all of it is text, and this is the fastest check
            "".join(value)
            "".join(value.values())
        except TypeError:
            pass
        else:
            return value
    return {k: v for k, v in value.items() if isinstance(k, str) and isinstance(v, str)}


def shared_labels(facts: StoredFacts) -> dict[str, str]:
    """Return the labels that all alerts share, and those that their route adds."""
    return {**mapping(facts, "route_labels"), **mapping(facts, "common_labels")}


def differing_labels(alert: AlertFacts, common: Mapping[str, str]) -> dict[str, str]:
    """Return the labels that this alert does not share with the others of its message."""
    return {name: value for name, value in alert.labels.items() if common.get(name) != value}
