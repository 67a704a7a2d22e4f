"""Who is paged by a decision, and which channels mention them."""

from dataclasses import replace

from gateway.core.plan.plan import Escalation, Receiver, Step
from tests.core.group_simulation import (
    EMAIL,
    MINUTE,
    SLACK,
    GroupSimulation,
    a_person,
    billing_plan,
    notices_to,
)

PEOPLE = {
    "ana": a_person("ana", email="ana@example.com", slack="U0ANA"),
    "ben": a_person("ben", email="ben@example.com", slack="U0BEN"),
    "cho": a_person("cho", email="cho@example.com"),
}


def paged(group: GroupSimulation) -> list[list[str]]:
    """Return the people to mention of each decision with notices."""
    return [one.facts["paged"] for one in group.decisions if one.facts is not None]


def test_first_message_mentions_the_first_step() -> None:
    """Who is paged with the receiver is in its facts."""
    group = GroupSimulation(billing_plan(people=PEOPLE))
    group.fire("DoubleChargeDetected")
    notices = group.advance(1.0)
    assert notices_to(notices, SLACK.key) == [(0.0, "first")]
    assert paged(group) == [["ana"]]


def test_next_step_is_announced_where_its_people_can_be_mentioned() -> None:
    """The channel shows who is paged next; the receiver's other targets get nothing new."""
    group = GroupSimulation(billing_plan(people=PEOPLE))
    group.fire("DoubleChargeDetected")
    notices = group.advance(16 * MINUTE)
    assert (15 * MINUTE, "escalation") in notices_to(notices, SLACK.key)
    assert (15 * MINUTE, "escalation") not in notices_to(notices, EMAIL.key)
    assert paged(group)[-1] == ["ben"]


def test_step_whose_people_cannot_be_mentioned_changes_no_channel() -> None:
    """Without a Slack id nothing is added to what the channel got before."""
    policy = Escalation("billing", (Step(("person:ana",), wait=300.0), Step(("person:cho",))))
    group = GroupSimulation(billing_plan(people=PEOPLE, escalations={"billing": policy}))
    group.fire("DoubleChargeDetected")
    notices = group.advance(6 * MINUTE)
    assert notices_to(notices, "email:cho@example.com") == [(300.0, "escalation")]
    assert notices_to(notices, SLACK.key) == [(0.0, "first")]


def test_what_pages_nobody_mentions_nobody() -> None:
    """The acknowledgement and the end are no pages."""
    group = GroupSimulation(billing_plan(people=PEOPLE))
    group.fire("DoubleChargeDetected")
    group.advance(1.0)
    group.resolve("DoubleChargeDetected")
    group.advance(5 * MINUTE)
    assert paged(group)[-1] == []


def test_channel_that_was_not_notified_is_not_added() -> None:
    """An escalation alone makes no new target of the incident."""
    plan = billing_plan(people=PEOPLE)
    mail = Receiver("billing", (EMAIL,), escalate="billing")
    group = GroupSimulation(replace(plan, receivers={**plan.receivers, "billing": mail}))
    group.fire("DoubleChargeDetected")
    assert notices_to(group.advance(16 * MINUTE), SLACK.key) == []
