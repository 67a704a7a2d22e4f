"""Reading a notice's frozen facts: tolerant of every key that is missing or of another type.

Facts come from the database and may have been written by an older release. A message must go out
all the same, so what cannot be read is left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.core.incidents.facts import StoredFacts
from gateway.core.incidents.message import Message


@dataclass(slots=True)
class AlertFacts:
    """One alert as it stood when the notice was decided. Instants are unix seconds.

    A value, which nobody changes; not frozen, for there may be a thousand in a message.
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
        """Whether it burns."""
        return self.status != "resolved"


def alerts(facts: StoredFacts, key: str = "alerts") -> tuple[AlertFacts, ...]:
    """The alerts, the firing ones first, otherwise in the order of the decision.

    Under `unheard` are those that came and went without being told.
    """
    listed = facts.get(key)
    if not isinstance(listed, list | tuple):
        return ()
    found = [_alert(item) for item in listed if isinstance(item, Mapping)]
    return tuple(sorted(found, key=lambda alert: not alert.firing))


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
    """What to call it where there are no other words; a digest has no number."""
    title = text(message.facts, "title")
    return f"Incident #{message.incident}" if message.incident else title or message.kind.value


def text(facts: StoredFacts, key: str) -> str:
    """A text, or "" when there is none."""
    value = facts.get(key)
    return value if isinstance(value, str) else ""


def number(facts: StoredFacts, key: str) -> float | None:
    """A number, or None."""
    value = facts.get(key)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def count(facts: StoredFacts, key: str) -> int:
    """A count, 0 when there is none."""
    return int(number(facts, key) or 0)


def mapping(facts: StoredFacts, key: str) -> dict[str, str]:
    """A map of texts, without the entries that are not text. Not to be changed."""
    value = facts.get(key)
    if not isinstance(value, Mapping):
        return {}
    if type(value) is dict:
        try:  # nearly always it is all text, and this is the fastest way to know
            "".join(value)
            "".join(value.values())
        except TypeError:
            pass
        else:
            return value
    return {k: v for k, v in value.items() if isinstance(k, str) and isinstance(v, str)}


def shared_labels(facts: StoredFacts) -> dict[str, str]:
    """The labels that all alerts of a message share, and those that their route adds."""
    return {**mapping(facts, "route_labels"), **mapping(facts, "common_labels")}


def differing_labels(alert: AlertFacts, common: Mapping[str, str]) -> dict[str, str]:
    """The labels that tell this alert from the others of its message."""
    return {name: value for name, value in alert.labels.items() if common.get(name) != value}
