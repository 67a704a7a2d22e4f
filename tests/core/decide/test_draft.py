"""Drafts of incidents."""

from dataclasses import fields, replace

from gateway.core.decide.draft import Draft
from gateway.core.incidents.incident import Ack, EscalationState, Incident, State, with_number
from gateway.core.incidents.notice import NotifyReason
from gateway.core.incidents.personal_state import PersonalState
from gateway.core.incidents.responses import Previous, Responses
from gateway.core.incidents.suppression import Suppression, SuppressReason
from gateway.core.incidents.system_change import RecentChange
from gateway.core.plan.plan import Target

ANA = Target("email", "ana@example.com", "ana")
INCIDENT = Incident(
    number=1001,
    group_key="key",
    route_id="route",
    receiver="billing",
    group_labels={"alertname": "DoubleChargeDetected"},
    opened_at=1.0,
    due_at=2.0,
    state=State.ACKNOWLEDGED,
    tick_at=3.0,
    flushed=True,
    notified_at=4.0,
    rank=5,
    severity="critical",
    ack=Ack("ana", 6.0, "link", 1, 7.0),
    escalation=EscalationState("billing", 1, 2, 8.0),
    notified_targets={ANA.key: ANA},
    notification_pending=True,
    suppressions=(Suppression(SuppressReason.MUTED, "nights"),),
    respond_by=9.0,
    resolved_at=10.0,
    beginnings=(11.0,),
    flapping_notified_at=12.0,
    truncated=13,
    title="title",
    since=14.0,
    missed_at=15.0,
    personal=(PersonalState("ana", 15.0, NotifyReason.FIRST),),
    team="billing",
    responses=Responses(related=(16,)),
    previous=Previous(17, 18.0, 19),
    changes=(RecentChange(20, 21.0, "deploy"),),
)


def test_unchanged_draft_gives_the_same_incident() -> None:
    """A draft keeps every field of its incident."""
    defaults = Incident(0, "", "", "", {}, 0.0, None)
    same = [
        f.name for f in fields(Incident) if getattr(INCIDENT, f.name) == getattr(defaults, f.name)
    ]
    assert same == [], "every field must differ from its default, or a mix-up could not be seen"
    assert Draft.of(INCIDENT).applied_to(INCIDENT, since=14.0, due_at=2.0) == INCIDENT


def test_a_numbered_incident_differs_in_its_number_only() -> None:
    """No field is lost or takes the place of another when the store gives the number."""
    assert with_number(INCIDENT, 7) == replace(INCIDENT, number=7)
