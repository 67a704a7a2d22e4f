"""Typed answers to the three questions: about an incident, about labels, about a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gateway.core.alerts.alert import Alert
from gateway.core.incidents.incident import Incident, Member
from gateway.core.incidents.silence import Silence
from gateway.core.incidents.timeline import TimelineEntry
from gateway.core.oncall.rota import Shift
from gateway.core.plan.person import Person
from gateway.store.queries.deliveries import Attempt, NoticeSummary
from gateway.web.explain.episodes import AlertHistory


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an answer; `silence` is the id of the silence it is about, else empty."""

    text: str
    silence: str = ""

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class IncidentExplanation:
    """An incident with the reasons why it did or did not notify.

    For a question about a person, `notified`, `reasons` and `notices` are about that person.
    """

    incident: Incident
    title: str
    members: Sequence[Member]
    notified: bool
    reasons: tuple[Sentence, ...]
    timeline: Sequence[TimelineEntry]
    notices: Sequence[NoticeSummary]
    attempts: Mapping[int, Sequence[Attempt]]  # by notice id


@dataclass(frozen=True, slots=True)
class AlertExplanation:
    """An alert, the receivers that routes.yaml selects now, its incidents and its past."""

    alert: Alert
    is_firing: bool
    receivers: tuple[str, ...]
    incidents: tuple[int, ...]
    silences: tuple[Silence, ...]
    history: AlertHistory


@dataclass(frozen=True, slots=True)
class LabelsExplanation:
    """The alerts with some labels, and the incidents they were in."""

    summary: tuple[str, ...]
    alerts: tuple[AlertExplanation, ...]
    incidents: tuple[IncidentExplanation, ...]


@dataclass(frozen=True, slots=True)
class DutyShift:
    """A shift in which the person was on call; `zone` is that of the rota."""

    rota: str
    zone: str
    shift: Shift


@dataclass(frozen=True, slots=True)
class PersonExplanation:
    """The incidents of a person since an instant: notified, acknowledged, or neither and why."""

    summary: tuple[str, ...]
    person: Person
    since: float
    duty: tuple[DutyShift, ...]
    incidents: tuple[IncidentExplanation, ...]
