"""Models of incidents, with their alerts, timelines and notices."""

from typing import Any, Literal

from pydantic import Field

from gateway.web.api_v1.models.base import Instant, PersonName, ResponseModel, TeamName


class Acknowledgement(ResponseModel):
    """The acknowledgement of an incident; of a resolved one, the last acknowledgement."""

    by: PersonName
    at: Instant
    via: str
    verified: bool = Field(description="Whether the means proves who it was: a link or Slack.")
    expires_at: Instant
    taken_from: PersonName | None = Field(description="The person it was taken over from.")
    back_until: Instant | None = Field(
        description="Until when the take-over can be undone with `back`; null without a take-over."
    )


class Suppression(ResponseModel):
    """One thing that keeps an incident from notifying."""

    reason: str = Field(description="silenced, inhibited, muted, outside active, flapping, …")
    by: str = Field(description="What it is: an author, a rule, time intervals, a receiver.")
    until: Instant | None = Field(description="When it ends, if that is known.")
    comment: str = Field(description="The comment of a silence.")


class IncidentChange(ResponseModel):
    """A change of the watched systems, such as a deployment."""

    id: int
    at: Instant
    title: str
    link: str


class Previous(ResponseModel):
    """The last incident of the same group."""

    number: int
    ended_at: Instant
    lately: int = Field(description="How many there were in the last seven days.")


class Rating(ResponseModel):
    """What a person thinks of having been notified."""

    by: PersonName
    useful: bool


class Incident(ResponseModel):
    """An incident, as in lists."""

    number: int
    state: Literal["firing", "acknowledged", "resolved"]
    severity: str
    title: str
    team: TeamName | None = Field(
        description="The team of its worst alert when it opened; None for no team."
    )
    receiver: str
    route: str
    group_labels: dict[str, str]
    opened_at: Instant
    since: Instant = Field(description="When the first of its alerts began to fire.")
    resolved_at: Instant | None
    lasted: float = Field(
        description="Seconds from `since` to the end of its last alert, or to now while it is open."
    )
    due_at: Instant | None = Field(description="When it is evaluated next.")
    acknowledged: Acknowledgement | None
    respond_by: Instant | None = Field(description="When it must be acknowledged.")
    missed_at: Instant | None = Field(
        description="The time by which it should have been acknowledged and was not; null if the "
        "response was not missed."
    )
    test: bool = Field(
        description="Whether it is a test: marked in each text, left out of all numbers."
    )
    suppressed: bool = Field(
        description="Whether lists show it as suppressed: firing, unacknowledged, and not "
        "notifying because of a silence, an inhibition or a mute."
    )
    why_quiet: str = Field(
        description="Why it does not notify at present, as a sentence; empty if it does."
    )
    suppressions: list[Suppression] = Field(
        description="The same as data: empty if nothing suppresses it."
    )
    snoozed_until: Instant | None = Field(description="Nothing is notified before, see `snooze`.")
    offered_to: PersonName | None = Field(
        description="The person to whom it is handed over, and who has not accepted yet."
    )
    merged_into: int | None = Field(description="The incident that notifies for it.")
    merged: list[int] = Field(description="Incidents that were merged into it.")
    related: list[int] = Field(description="Linked incidents.")
    previous: Previous | None = Field(
        description="The last incident of the same group; null if there was none lately."
    )
    changes: list[IncidentChange] = Field(
        description="Changes of its systems within an hour before it, the latest first."
    )
    ratings: list[Rating] = Field(description="Who found it useful to be notified of it.")
    url: str


class Alert(ResponseModel):
    """An alert of an incident."""

    fingerprint: str
    status: Literal["firing", "resolved"]
    labels: dict[str, str]
    annotations: dict[str, str]
    starts_at: Instant
    ends_at: Instant | None
    generator_url: str
    source: str
    told: Literal["", "firing", "resolved"] = Field(
        description="The state of the alert that was last notified."
    )
    acknowledged: bool


class Event(ResponseModel):
    """An entry of an incident's timeline."""

    at: Instant
    kind: str
    text: str
    data: dict[str, Any]


class Attempt(ResponseModel):
    """One attempt to send a notice."""

    at: Instant
    seconds: float
    outcome: str
    detail: str
    perhaps: bool = Field(description="The vendor may have accepted it without our knowledge.")


class Notice(ResponseModel):
    """A message to one target, with its state and attempts."""

    id: int
    incident: int | None
    subject: str | None = Field(
        description="What it is about where that is no incident, such as rota:billing."
    )
    channel: str
    account: str = Field(description="The account that sends it, a key of `channels:`.")
    target: str = Field(description="The address, or the name of the secret that holds it.")
    name: str = Field(description="The display name of the target.")
    person: str | None
    kind: str
    reason: str
    state: Literal["pending", "sending", "sent", "dead", "folded", "cancelled"]
    created_at: Instant
    sent_at: Instant | None
    next_at: Instant | None
    outcome: str
    detail: str
    attempts: list[Attempt]


class Escalation(ResponseModel):
    """The state of an incident's escalation."""

    name: str
    step: int
    steps: int
    next: list[str] = Field(
        description="The targets of the next step, as in routes.yaml; empty without a next step."
    )
    next_at: Instant | None
    on_call: dict[str, list[str]] = Field(
        description="The names of the people on call at that time, for each rota in `next`, and "
        "the name of each person in it."
    )
    by: list[str] = Field(
        default=[],
        description="The contacts, where a notification rule of the person in `next` is next.",
    )


class PendingNotification(ResponseModel):
    """A personal notification to come, unless somebody acknowledges before."""

    person: PersonName
    contact: str = Field(description="The name of the contact in routes.yaml.")
    channel: str
    at: Instant
    quiet_hours: bool = Field(description="Whether it waits for the end of the quiet hours.")


class IncidentLink(ResponseModel):
    """A link to read."""

    role: str = Field(description="runbook, dashboard, panel, link, image, silence or source.")
    title: str
    url: str


class IncidentDetail(Incident):
    """An incident with its escalation, alerts, timeline and notices."""

    escalation: Escalation | None
    pending: list[PendingNotification] = Field(
        default=[], description="What people's notification rules still notify, the next one first."
    )
    links: list[IncidentLink] = Field(
        default=[],
        description="What to read about it: runbook, dashboard, the links of routes.yaml, source.",
    )
    alerts: list[Alert]
    timeline: list[Event]
    notices: list[Notice]


class IncidentCount(ResponseModel):
    """Number of open incidents of one state and severity."""

    state: Literal["firing", "suppressed", "acknowledged"] = Field(
        description="Suppressed incidents are not counted as `firing`."
    )
    severity: str
    count: int


class IncidentPage(ResponseModel):
    """Incidents by urgency: unacknowledged, suppressed, acknowledged, resolved.

    Within each of these by severity, then number; the resolved by number, the newest first.
    """

    incidents: list[Incident]
    next: str | None
    counts: list[IncidentCount] = Field(
        description="Of all matching open incidents, on every page. Resolved ones are not counted."
    )


class Paged(ResponseModel):
    """The incidents that a page without an alert has opened."""

    incidents: list[Incident]
    warnings: list[str] = Field(description="What was done but is probably a mistake.")


class Responded(ResponseModel):
    """The result of an acknowledgement or its undoing."""

    answer: str
    incident: Incident
    warnings: list[str] = Field(description="What was done but is probably a mistake.")
