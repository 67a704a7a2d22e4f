"""Personal notification rules: which contact of a person is notified when, in virtual time."""

from dataclasses import replace
from datetime import time

import pytest

from gateway.core.decide.contacts_due import contacts_due
from gateway.core.incidents.incident_json import from_json, to_json
from gateway.core.incidents.notice import NotifyReason
from gateway.core.incidents.personal_state import PersonalState
from gateway.core.incidents.personal_state import from_json as from_json_of_state
from gateway.core.incidents.personal_state import to_json as to_json_of_state
from gateway.core.plan.person import Contact, Person, PersonalRule
from gateway.core.plan.plan import Escalation, Plan, Receiver, Step, Target
from gateway.core.time.quiet_hours import QuietHours
from tests.core.group_simulation import (
    HOUR,
    MINUTE,
    START,
    GroupSimulation,
    TimedNotice,
    billing_plan,
    notices_to,
)

SLACK, EMAIL, PAGER = "slack:U012ANA", "email:ana@example.com", "pagerduty:${PAGERDUTY_ANA_KEY}"
CHANNEL = Target("slack", "#billing-alerts")

CONTACTS = {
    "slack": Contact("slack", "slack", "U012ANA", "slack"),
    "email": Contact("email", "email", "ana@example.com", "email"),
    "pager": Contact("pager", "pagerduty", "${PAGERDUTY_ANA_KEY}", "pagerduty"),
}
URGENT = (PersonalRule("slack"), PersonalRule("email"), PersonalRule("pager", 5 * MINUTE))
OTHER = (PersonalRule("email"),)
ANA = Person("ana", "Ana", CONTACTS, "Europe/Berlin", URGENT, OTHER)
BEN = Person("ben", "Ben", {"email": Contact("email", "email", "ben@example.com", "email")})

# The simulation begins on 2027-01-15 at 08:00 UTC, which is 09:00 in Berlin.
QUIET = QuietHours("Europe/Berlin", time(8), time(12))
"""Quiet hours that hold the beginning of the simulation, and end three hours after it."""


def plan_with(*steps: Step, ana: Person = ANA, **changes: object) -> Plan:
    """Return the billing plan with these steps, whose receiver is one Slack channel."""
    steps = steps or (Step(("person:ana",), ("email",), 15 * MINUTE), Step(("person:ben",)))
    return billing_plan(
        people={"ana": ana, "ben": BEN},
        receivers={
            "billing": Receiver("billing", (CHANNEL,), escalate="billing"),
            "everyone": Receiver("everyone", (Target("email", "admin@example.com"),)),
        },
        escalations={"billing": Escalation("billing", steps)},
        **changes,
    )


def fired(plan: Plan, severity: str = "critical") -> GroupSimulation:
    """Return a simulation in which an alert begins to fire now."""
    group = GroupSimulation(plan)
    group.fire("DoubleChargeDetected", severity)
    return group


def to_ana(notices: list[TimedNotice]) -> list[tuple[float, str, str]]:
    """Return time, contact and reason of the notices to Ana."""
    names = {SLACK: "slack", EMAIL: "email", PAGER: "pager"}
    return [(one.at, names[one.to], one.reason) for one in notices if one.to in names]


def test_persons_own_rules_win_over_the_steps_by() -> None:
    """An urgent incident reaches Ana at once by two contacts, and by the third 5 minutes later."""
    group = fired(plan_with())
    assert to_ana(group.advance(10 * MINUTE)) == [
        (0.0, "slack", "first"),
        (0.0, "email", "first"),
        (5 * MINUTE, "pager", "notification rule"),
    ]
    assert "notification rule: Ana by pager: not acknowledged for 5m" in group.entries()


def test_incident_that_is_not_urgent_uses_the_other_rules() -> None:
    """A warning is notified by e-mail only, however long nobody acknowledges."""
    group = fired(plan_with(), "warning")
    assert {name for _, name, _ in to_ana(group.advance(2 * HOUR))} == {"email"}


def test_person_without_rules_gets_the_steps_contacts() -> None:
    """Without `notify:` the step's `by` says how a person is notified, all at once."""
    ana = replace(ANA, urgent_rules=None, other_rules=None)
    group = fired(plan_with(Step(("person:ana",), ("email", "pager"), 15 * MINUTE), ana=ana))
    assert to_ana(group.advance(10 * MINUTE)) == [(0.0, "email", "first"), (0.0, "pager", "first")]


def test_acknowledgement_leaves_no_pending_page() -> None:
    """The decision that acknowledges also ends the rules: the pager stays silent (E22)."""
    group = fired(plan_with())
    group.advance(4 * MINUTE)
    group.ack("ben")
    assert "pager" not in {name for _, name, _ in to_ana(group.advance(3 * HOUR))}
    assert all(state.since is None for state in group.incident.personal)


def test_person_whom_news_of_an_acknowledged_incident_reaches_gets_no_further_pages() -> None:
    """A reload gives Ana rules while Ben is on it: a new alert is news for her, once (E22)."""
    steps = Step(("person:ana",), (), MINUTE), Step(("person:ana", "person:ben"), (), HOUR)
    group = fired(plan_with(*steps, ana=replace(ANA, urgent_rules=())))
    group.advance(MINUTE)
    group.ack("ben")
    group.plan = plan_with(*steps)
    group.fire("DoubleChargeDetected", "critical", instance="2")
    notices = to_ana(group.advance(30 * MINUTE))
    assert {name for _, name, _ in notices} == {"slack", "email"}
    assert len(notices) == 2


def test_undone_acknowledgement_counts_the_delays_again() -> None:
    """Those notified are notified of the undo; the pager gets its whole delay from then on."""
    group = fired(plan_with())
    group.advance(4 * MINUTE)
    group.ack("ben")
    group.advance(10 * MINUTE)
    group.ack("ben", undo=True)
    notices = group.advance(6 * MINUTE)
    assert notices_to(notices, PAGER) == [(19 * MINUTE, "notification rule")]
    assert notices_to(notices, SLACK) == []


def test_expired_acknowledgement_begins_the_rules_again() -> None:
    """When an acknowledgement expires, its owner is reminded by the owner's own rules (E23)."""
    group = fired(plan_with())
    group.advance(MINUTE)
    group.ack("ana")
    notices = to_ana(group.advance(4 * HOUR + 10 * MINUTE))
    expired = [one for one in notices if one[0] > 4 * HOUR]
    assert expired == [
        (4 * HOUR + MINUTE, "slack", "acknowledgement expired"),
        (4 * HOUR + MINUTE, "email", "acknowledgement expired"),
        (4 * HOUR + 6 * MINUTE, "pager", "notification rule"),
    ]


def test_resolved_incident_notifies_the_contacts_that_were_notified() -> None:
    """Promise 14: contacts that were never notified get no resolved notification."""
    group = fired(plan_with())
    group.advance(2 * MINUTE)
    group.resolve("DoubleChargeDetected")
    resolved = [name for _, name, reason in to_ana(group.advance(HOUR)) if reason == "resolved"]
    assert sorted(resolved) == ["email", "slack"]
    assert group.incident.personal == ()


def test_person_reached_by_two_paths_is_notified_once() -> None:
    """A receiver, a `person:` and a second step at the same instant: each contact once."""
    steps = (
        Step(("person:ana", "person:ana", "receiver:everyone"), wait=0.0),
        Step(("person:ana",), wait=15 * MINUTE),
    )
    plan = plan_with(*steps)
    everyone = Receiver("everyone", (Target("email", "ana@example.com", "ana"),))
    group = fired(replace(plan, receivers={**plan.receivers, "everyone": everyone}))
    notices = to_ana(group.advance(10 * MINUTE))
    assert sorted(name for _, name, _ in notices) == ["email", "pager", "slack"]


def test_later_address_of_a_receiver_counts_as_used() -> None:
    """A contact that the receiver notifies now is not notified again by its delayed rule."""
    ana = replace(ANA, urgent_rules=(PersonalRule("slack"), PersonalRule("email", 5 * MINUTE)))
    plan = plan_with(Step(("person:ana",), wait=15 * MINUTE), ana=ana)
    billing = Receiver("billing", (Target("email", "ana@example.com", "ana"),), escalate="billing")
    group = fired(replace(plan, receivers={**plan.receivers, "billing": billing}))
    assert notices_to(group.advance(10 * MINUTE), EMAIL) == [(0.0, "first")]


def test_further_step_to_the_same_person_is_a_new_reason() -> None:
    """Nobody acknowledged: the step after it notifies Ana again, and never delays her pager."""
    steps = (
        Step(("person:ana",), wait=3 * MINUTE),
        Step(("person:ana",), wait=30 * MINUTE),
    )
    assert to_ana(fired(plan_with(*steps)).advance(10 * MINUTE)) == [
        (0.0, "slack", "first"),
        (0.0, "email", "first"),
        (3 * MINUTE, "slack", "escalation"),
        (3 * MINUTE, "email", "escalation"),
        (5 * MINUTE, "pager", "notification rule"),
    ]


def test_frequent_repeats_do_not_postpone_the_delayed_contact() -> None:
    """With a repeat each minute the pager still rings 5 minutes after the first of them."""
    plan = plan_with(Step(("person:ana",), wait=HOUR))
    critical = replace(plan.severities["critical"], repeat_interval=MINUTE)
    group = fired(replace(plan, severities={**plan.severities, "critical": critical}))
    assert [at for at, _ in notices_to(group.advance(13 * MINUTE), PAGER)][:2] == [
        5 * MINUTE,
        11 * MINUTE,
    ]


def test_new_alerts_go_to_the_contacts_notified_so_far() -> None:
    """An alert that joins updates Slack and e-mail; the pager keeps its time."""
    group = fired(plan_with())
    group.advance(MINUTE)
    group.fire("DoubleChargeDetected", instance="b")
    notices = to_ana(group.advance(5 * MINUTE))
    assert [(at, name) for at, name, _ in notices] == [
        (5 * MINUTE, "slack"),
        (5 * MINUTE, "email"),
        (5 * MINUTE, "pager"),
    ]
    assert len([one for one in group.notices if one.to == PAGER]) == 1


def test_rules_in_force_at_each_due_time_are_used() -> None:
    """A reload that removes the delayed rule, or adds one, counts for what is not notified yet."""
    group = fired(plan_with())
    group.advance(2 * MINUTE)
    ana = replace(ANA, urgent_rules=(PersonalRule("slack"), PersonalRule("email")))
    group.plan = plan_with(ana=ana)
    assert notices_to(group.advance(6 * MINUTE), PAGER) == []
    later = replace(ANA, urgent_rules=(*ana.urgent_rules, PersonalRule("pager", 10 * MINUTE)))
    group.plan = plan_with(ana=later)
    group.evaluate()  # as a reload does
    assert notices_to(group.advance(4 * MINUTE), PAGER) == [(10 * MINUTE, "notification rule")]


def test_person_removed_by_a_reload_is_notified_no_more() -> None:
    """Somebody whom routes.yaml does not know any more has no rules, and nothing fails."""
    group = fired(plan_with())
    group.advance(2 * MINUTE)
    group.plan = replace(group.plan, people={"ben": BEN})
    assert to_ana(group.advance(10 * MINUTE)) == []


@pytest.mark.parametrize(
    ("bad", "expected"),
    [
        ((SLACK,), [(0.0, "email"), (5 * MINUTE, "pager")]),
        ((SLACK, EMAIL), [(0.0, "pager")]),
        ((EMAIL,), [(0.0, "slack"), (0.0, "pager")]),
    ],
)
def test_rule_after_an_unusable_contact_is_due_at_once(
    bad: tuple[str, ...], expected: list[tuple[float, str]]
) -> None:
    """A contact that is known not to work is skipped, and the next one is used instead."""
    plan = plan_with(unusable_contacts=dict.fromkeys(bad, "user_not_found"))
    group = fired(plan)
    notices = [(at, name) for at, name, _ in to_ana(group.advance(10 * MINUTE))]
    assert notices == expected
    if SLACK in bad:
        assert "skipped: slack of Ana is not usable: user_not_found" in group.entries()


def test_contact_that_turns_bad_makes_the_next_rule_due() -> None:
    """A bounce after the first message brings the pager forward."""
    group = fired(plan_with())
    group.advance(MINUTE)
    group.plan = replace(group.plan, unusable_contacts={EMAIL: "bounced"})
    assert notices_to(group.evaluate(), PAGER) == [(MINUTE, "notification rule")]


def test_step_whose_people_have_no_usable_contact_is_not_waited_for() -> None:
    """E27: If all of Ana's contacts are bad, Ben is notified at once, and the timeline says why."""
    plan = plan_with(unusable_contacts=dict.fromkeys((SLACK, EMAIL, PAGER), "bounced"))
    group = fired(plan)
    assert notices_to(group.advance(MINUTE), "email:ben@example.com") == [(0.0, "escalation")]
    assert any("email of Ana is not usable: bounced" in entry for entry in group.entries())


def test_notification_that_is_not_urgent_waits_for_the_end_of_quiet_hours() -> None:
    """A warning in quiet hours reaches Ana when they end, and the timeline says so before."""
    group = fired(plan_with(ana=replace(ANA, quiet_hours=QUIET)), "warning")
    assert to_ana(group.advance(3 * HOUR - 1)) == []
    assert (
        "quiet hours: Ana by email: waits until 2027-01-15 11:00 UTC, because it is not urgent"
        in group.entries()
    )
    assert to_ana(group.advance(2)) == [(3 * HOUR, "email", "quiet hours ended")]


def test_urgent_notification_does_not_wait_for_quiet_hours() -> None:
    """Quiet hours hold back only what is not urgent."""
    group = fired(plan_with(ana=replace(ANA, quiet_hours=QUIET)))
    assert [name for _, name, _ in to_ana(group.advance(MINUTE))] == ["slack", "email"]


def test_incident_that_turns_urgent_releases_what_waits() -> None:
    """A critical alert joins at night: Ana's waiting e-mail and her urgent contacts go at once."""
    ana = replace(ANA, quiet_hours=QUIET, urgent_rules=(PersonalRule("slack"),))
    group = fired(plan_with(ana=ana), "warning")
    group.advance(10 * MINUTE)
    group.fire("DoubleChargeDetected", "critical", instance="b")
    notices = to_ana(group.advance(MINUTE))
    assert sorted((at, name) for at, name, _ in notices) == [
        (10 * MINUTE, "email"),
        (10 * MINUTE, "slack"),
    ]
    assert group.incident.personal[0].waiting == ()


def test_acknowledgement_ends_what_waits_for_quiet_hours() -> None:
    """What somebody acknowledged at night is no news in the morning."""
    group = fired(plan_with(ana=replace(ANA, quiet_hours=QUIET)), "warning")
    group.advance(HOUR)
    group.ack("ben")
    assert to_ana(group.advance(5 * HOUR)) == []


def test_resolved_in_quiet_hours_without_a_notification_notifies_nobody() -> None:
    """Promise 14: Ana was never notified of the firing, so she gets no resolve either."""
    group = fired(plan_with(ana=replace(ANA, quiet_hours=QUIET)), "warning")
    group.advance(HOUR)
    group.resolve("DoubleChargeDetected", "warning")
    assert to_ana(group.advance(5 * HOUR)) == []


def test_change_in_quiet_hours_waits_for_those_notified_before() -> None:
    """Ana got the warning before her quiet hours; what joins in them reaches her after them."""
    quiet = QuietHours("Europe/Berlin", time(10), time(12))
    ana = replace(ANA, quiet_hours=quiet)
    plan = plan_with(Step(("person:ana",), wait=10 * HOUR), ana=ana)
    group = fired(plan, "warning")
    group.advance(90 * MINUTE)
    group.fire("DoubleChargeDetected", "warning", instance="b")
    group.advance(10 * HOUR)
    assert [one for one in to_ana(group.notices) if one[0] <= 4 * HOUR] == [
        (30.0, "email", "first"),
        (3 * HOUR, "email", "quiet hours ended"),
    ]


LATER_QUIET = replace(ANA, quiet_hours=QuietHours("Europe/Berlin", time(10), time(12)))
"""Ana with quiet hours that begin an hour after the story and last for two."""


def notified_before_quiet_hours(severity: str = "warning") -> GroupSimulation:
    """Return a group that Ana was notified of before her quiet hours, which last now."""
    group = fired(plan_with(Step(("person:ana",), wait=10 * HOUR), ana=LATER_QUIET), severity)
    group.advance(90 * MINUTE)
    return group


def waits(group: GroupSimulation, reason: str) -> dict[str, float | None]:
    """Return until when each notice to Ana of this reason waits, in seconds of the story."""
    names = {SLACK: "slack", EMAIL: "email", PAGER: "pager"}
    return {
        names[one.to]: one.not_before
        for one in group.notices
        if one.reason == reason and one.to in names
    }


def test_acknowledgement_and_end_wait_for_the_end_of_quiet_hours() -> None:
    """Nobody is woken by what can wait; the timeline says until when."""
    group = notified_before_quiet_hours()
    group.ack("ben")
    assert waits(group, "acknowledged") == {"email": 3 * HOUR}
    assert any("Ana by email: acknowledged waits until" in one for one in group.entries())
    group.resolve("DoubleChargeDetected", "warning")
    group.advance(10 * MINUTE)
    assert waits(group, "resolved") == {"email": 3 * HOUR}


def test_end_of_an_urgent_incident_does_not_wait() -> None:
    """A person who was paged may sleep again at once."""
    group = notified_before_quiet_hours("critical")
    group.resolve("DoubleChargeDetected", "critical")
    group.advance(10 * MINUTE)
    assert waits(group, "resolved") == {"slack": None, "email": None, "pager": None}


def test_person_who_acknowledged_in_their_quiet_hours_is_awake() -> None:
    """Ana works on it at night: she is notified of the end when it comes."""
    group = notified_before_quiet_hours()
    group.ack("ana")
    group.resolve("DoubleChargeDetected", "warning")
    group.advance(10 * MINUTE)
    assert waits(group, "resolved") == {"email": None}


def test_contact_that_the_receiver_names_does_not_wait() -> None:
    """The team's receiver is not a person's rule, even if it is the same mailbox."""
    plan = plan_with(Step(("person:ana",), wait=10 * HOUR), ana=LATER_QUIET)
    target = Target("email", "ana@example.com", person="ana")
    receiver = replace(plan.receivers["billing"], targets=(target,))
    group = fired(replace(plan, receivers={**plan.receivers, "billing": receiver}), "warning")
    group.advance(90 * MINUTE)
    group.ack("ben")
    assert waits(group, "acknowledged") == {"email": None}


def test_rules_are_stored_with_the_incident() -> None:
    """Another replica, or this one after a restart, goes on where the first one stopped."""
    group = fired(plan_with())
    group.advance(2 * MINUTE)
    assert group.incident.personal
    assert from_json(to_json(group.incident))["personal"] == group.incident.personal


def test_evaluation_after_a_crash_notifies_what_is_due_by_then() -> None:
    """Late after a crash, the delayed contact is notified at once, and once."""
    group = fired(plan_with())
    group.advance(MINUTE)
    group.now += 9 * MINUTE
    assert [name for _, name, _ in to_ana(group.evaluate())] == ["pager"]
    assert to_ana(group.evaluate()) == []


def test_next_due_time_is_that_of_the_rule() -> None:
    """`due_at` includes the delay of a rule, so that nobody has to wait for another reason."""
    group = fired(plan_with())
    group.advance(1.0)
    assert group.incident.due_at == START + 5 * MINUTE


def test_contact_that_did_not_reach_the_person_makes_the_next_due_at_once() -> None:
    """A call that nobody answers costs no delay; later rules keep theirs."""
    rules = (PersonalRule("slack"), PersonalRule("email", 5 * MINUTE), PersonalRule("pager", HOUR))
    plan = plan_with(ana=replace(ANA, urgent_rules=rules))
    state = PersonalState("ana", START, NotifyReason.FIRST, used=("slack",))
    due = {one.contact.name: one.due_at for one in contacts_due(state, plan, START, urgent=True)}
    assert due == {"email": START + 5 * MINUTE, "pager": START + HOUR}
    state = replace(state, unreached=("slack",))
    due = {one.contact.name: one.due_at for one in contacts_due(state, plan, START, urgent=True)}
    assert due == {"email": START, "pager": START + HOUR}


def test_state_of_an_older_release_has_reached_everybody() -> None:
    """What is stored survives a roll-out in both directions of time."""
    state = PersonalState("ana", START, NotifyReason.FIRST, used=("slack",), unreached=("slack",))
    stored = to_json_of_state(state)
    assert from_json_of_state(stored) == state
    del stored["unreached"]
    assert from_json_of_state(stored) == replace(state, unreached=())
