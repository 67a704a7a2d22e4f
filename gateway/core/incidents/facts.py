"""Facts: the JSON object of a notice, from which every channel writes its message.

`gateway.core.decide.facts` builds it; the keys are published, because templates read them.
"""

from collections.abc import Mapping
from typing import Any, TypedDict

StoredFacts = Mapping[str, Any]
"""Facts as readers get them: from the database, perhaps written by an older release, so any key
may be missing."""


class FactsAlert(TypedDict):
    """One alert. Instants are Unix seconds; `ends_at` is None while it fires."""

    status: str  # firing, resolved
    labels: dict[str, str]
    annotations: dict[str, str]
    starts_at: float
    ends_at: float | None
    generator_url: str
    fingerprint: str


# Functional form, because `from` is a keyword.
FactsAck = TypedDict(
    "FactsAck",
    {
        "by": str,
        "name": str,
        "from": str | None,  # the name of the person it was taken over from
        "at": float,
        "via": str,
        "expires_at": float,
    },
)
"""Who acknowledged, and until when that holds."""


class FactsEscalation(TypedDict):
    """How far the escalation has come, and whom it notifies next if nobody acknowledges."""

    name: str
    step: int
    steps: int
    next: list[str]
    next_at: float | None
    on_call: dict[str, list[str]]
    by: list[str]  # contacts, where a notification rule of the person in `next` is next


class FactsTeam(TypedDict):
    """The team that the incident belongs to."""

    id: str
    name: str


class FactsComment(TypedDict):
    """What somebody wrote about the incident, cut to 500 characters."""

    by: str
    name: str
    at: float
    text: str
    via: str  # the means, as of an actor


class FactsPerson(TypedDict):
    """A person."""

    id: str
    name: str


class FactsPrevious(TypedDict):
    """The last incident of the same group, and how many there were in the last seven days."""

    number: int
    ended_at: float
    lately: int


class FactsChange(TypedDict):
    """A change of the watched systems shortly before; an empty `url` for none."""

    at: float
    title: str
    url: str


class Facts(TypedDict):
    """Facts as a decision writes them."""

    incident: int
    status: str
    severity: str
    rank: int | None
    previous_severity: str | None
    title: str
    receiver: str
    team: FactsTeam | None
    route: str  # the id of the route that it belongs to
    test: bool  # whether nothing is wrong: a test
    group_key: str
    group_labels: dict[str, str]
    route_labels: dict[str, str]
    common_labels: dict[str, str]
    common_annotations: dict[str, str]
    alerts: list[FactsAlert]
    firing: int
    resolved: int
    more: int  # alerts that are not listed
    truncated: int  # alerts that the source did not send
    unheard: list[FactsAlert]  # came and went between notifications
    opened_at: float
    since: float
    resolved_at: float | None
    at: float
    ack: FactsAck | None
    escalation: FactsEscalation | None
    respond_by: float | None
    missed_at: float | None  # the acknowledge-by time that passed unacknowledged
    told: list[str]  # names of those who were notified
    paged: list[str]  # ids of the people whom this decision notifies that it fires
    note: str | None
    comments: list[FactsComment]  # the last ones, oldest first
    offered_to: FactsPerson | None  # who has not accepted yet
    snoozed_until: float | None
    previous: FactsPrevious | None
    related: list[int]  # numbers of linked incidents
    changes: list[FactsChange]  # the latest first
