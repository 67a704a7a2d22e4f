"""Calling others: the next escalation step now, and pages to whom somebody names."""

from dataclasses import replace
from functools import partial

from gateway.core.actions.acknowledge import acknowledge
from gateway.core.actions.call import escalate_now, page
from gateway.core.decide.result import ActionOutcome
from gateway.core.plan.person import Contact, Person, PersonalRule
from tests.core.group_simulation import (
    HOUR,
    MINUTE,
    GroupSimulation,
    billing_plan,
    notices_to,
    without_escalation,
)

PAGER = Contact("pager", "pagerduty", "${PAGERDUTY_BEN_KEY}", "pagerduty")
BEN = "email:ben@example.com"


def notified() -> GroupSimulation:
    """Return an incident a minute after its first notification."""
    group = GroupSimulation()
    group.fire("DoubleChargeDetected")
    group.advance(MINUTE)
    return group


def test_escalation_now_takes_the_next_step_and_its_wait_begins() -> None:
    """Ben, of the second step, is paged now and not fourteen minutes later a second time."""
    group = notified()
    assert group.act(escalate_now, "ana") is ActionOutcome.ESCALATED
    assert notices_to(group.notices, BEN) == [(60.0, "escalation")]
    assert [why for _, why in notices_to(group.advance(HOUR), BEN)] == ["missed"]


def test_acknowledged_incident_stays_acknowledged() -> None:
    """Escalating by hand calls for help: the holder stays, and no further step follows."""
    group = notified()
    group.act(acknowledge, "ana")
    assert group.act(escalate_now, "ana") is ActionOutcome.ESCALATED
    assert group.incident.ack is not None
    assert group.incident.escalation is not None
    assert group.incident.escalation.next_at is None
    assert notices_to(group.notices, BEN)[-1][1] == "escalation"
    assert group.advance(HOUR) == []


def test_after_the_last_step_the_first_is_taken_again() -> None:
    """There is always somebody to escalate to."""
    group = notified()
    for expected in ("escalation", "escalation"):
        assert group.act(escalate_now, "dee") is ActionOutcome.ESCALATED
        assert group.notices[-1].reason == expected
    assert group.notices[-1].to == "email:ana@example.com"


def test_without_an_escalation_it_is_refused() -> None:
    """The answer says to page somebody instead."""
    group = GroupSimulation(without_escalation())
    group.fire("DoubleChargeDetected")
    group.advance(MINUTE)
    assert group.act(escalate_now, "ana") is ActionOutcome.REFUSED
    assert "page a person" in group.last.why


def test_page_reaches_a_person_and_a_receiver_once() -> None:
    """Both are paged for this reason, with the words of the person who pages."""
    group = notified()
    call = partial(page, references=["person:ben", "receiver:everyone"], text="refunds fail")
    before = len(group.notices)
    assert group.act(call, "ana") is ActionOutcome.PAGED
    paged = [(one.to, one.kind, one.reason) for one in group.notices[before:]]
    assert sorted(paged) == [
        ("email:admin@example.com", "escalation", "paged"),
        (BEN, "escalation", "paged"),
    ]
    decision = group.last.decision
    assert decision is not None
    assert decision.facts is not None
    assert decision.facts["note"] == "Ana pages you: refunds fail"
    group.resolve("DoubleChargeDetected")
    assert "resolved" in [why for _, why in notices_to(group.advance(10 * MINUTE), BEN)]


def test_paged_person_who_acknowledges_responds_beside_the_holder() -> None:
    """Ben's acknowledgement stops what would still notify him, and Ana keeps the incident."""
    contacts = {"email": Contact("email", "email", "ben@example.com", "email"), "pager": PAGER}
    rules = (PersonalRule("email"), PersonalRule("pager", after=5 * MINUTE))
    plan = billing_plan()
    ben = Person("ben", "Ben", contacts, urgent_rules=rules)
    group = GroupSimulation(replace(plan, people={**plan.people, "ben": ben}))
    group.fire("DoubleChargeDetected")
    group.advance(MINUTE)
    group.act(acknowledge, "ana")
    group.act(partial(page, references=["person:ben"]), "ana")
    assert group.act(acknowledge, "ben") is ActionOutcome.RESPONDS
    assert group.incident.ack is not None
    assert group.incident.ack.by == "ana"
    assert group.advance(HOUR) == []


def test_page_of_nobody_is_refused() -> None:
    """A reference that reaches nobody is refused with the reason."""
    group = notified()
    assert group.act(partial(page, references=["person:zed"]), "ana") is ActionOutcome.REFUSED
    assert "zed" in group.last.why
