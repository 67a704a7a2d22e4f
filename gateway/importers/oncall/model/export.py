"""The records of one export: people, teams, schedules and escalations, by their keys."""

from dataclasses import dataclass, field
from enum import StrEnum

from gateway.importers.oncall.model.position import Position
from gateway.importers.oncall.model.schedule import ScheduleRecord


class Product(StrEnum):
    """A product whose exports are read."""

    PAGERDUTY = "PagerDuty"
    OPSGENIE = "Opsgenie"
    GOALERT = "GoAlert"
    GRAFANA = "Grafana OnCall"


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """A person. Empty text is what the export does not say; ``zone`` is an IANA name."""

    key: str
    name: str
    email: str = ""
    zone: str = ""
    slack: str = ""


@dataclass(slots=True)
class TeamRecord:
    """A team with the keys of its people and schedules."""

    key: str
    name: str
    members: list[str] = field(default_factory=list)
    leads: list[str] = field(default_factory=list)
    schedules: list[str] = field(default_factory=list)


class TargetKind(StrEnum):
    """Whom an escalation step notifies."""

    PERSON = "person"
    SCHEDULE = "schedule"
    NEXT = "next"
    """The people of a schedule's next turn."""
    MEMBERS = "members"
    """Everybody in a schedule."""


@dataclass(frozen=True, slots=True)
class StepTarget:
    """A person or schedule by its key in the export."""

    kind: TargetKind
    key: str


@dataclass(frozen=True, slots=True)
class StepRecord:
    """A step; ``wait`` is seconds until the next one, None at the end."""

    targets: tuple[StepTarget, ...]
    wait: float | None
    round_robin: bool = False


@dataclass(frozen=True, slots=True)
class EscalationRecord:
    """An escalation. ``repeat`` is how many times it starts again after its last step."""

    key: str
    name: str
    position: Position
    steps: tuple[StepRecord, ...]
    repeat: int = 0


@dataclass(slots=True)
class Export:
    """Everything that was read, by keys of the product; the order is that of the export."""

    product: Product
    people: dict[str, PersonRecord] = field(default_factory=dict)
    teams: dict[str, TeamRecord] = field(default_factory=dict)
    schedules: dict[str, ScheduleRecord] = field(default_factory=dict)
    escalations: dict[str, EscalationRecord] = field(default_factory=dict)

    def add_person(self, key: str, name: str, email: str = "") -> str:
        """Add somebody who is only mentioned, unless they are known; return the key."""
        self.people.setdefault(key, PersonRecord(key, name or key, email))
        return key
