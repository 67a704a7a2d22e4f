"""A missed response: marked once, announced once, judged by the stored acknowledge-by time."""

from dataclasses import replace

from gateway.core.incidents.incident import Member
from gateway.core.plan.plan import Receiver, Target
from tests.core.group_simulation import (
    EMAIL,
    HOUR,
    MINUTE,
    PAGER,
    SLACK,
    START,
    GroupSimulation,
    TimedNotice,
    billing_plan,
    notices_to,
    without_escalation,
)

DUE = START + 15 * MINUTE


def missed(notices: list[TimedNotice]) -> list[tuple[float, str]]:
    """Return the time and target of each notice of a missed response."""
    return [(one.at, one.to) for one in notices if one.reason == "missed"]


def test_missed_response_is_announced_once_to_everyone_notified_so_far() -> None:
    """After respond_within without an acknowledgement everyone is notified of it once."""
    group = GroupSimulation(without_escalation())
    group.fire("DoubleChargeDetected")
    notices = group.advance(HOUR)
    assert {to for _, to in missed(notices)} == {EMAIL.key, SLACK.key, PAGER.key}
    assert [at for at, _ in missed(notices)] == [15 * MINUTE] * 3
    assert group.incident.missed_at == DUE
    assert missed(group.advance(24 * HOUR)) == []
    assert "missed: nobody acknowledged in time" in group.entries()
    assert (group.decisions[-1].facts or {})["missed_at"] == DUE


def test_next_step_is_notified_of_the_escalation_and_the_others_of_the_miss() -> None:
    """At the end of the time the next step is paged, and those before it get the miss."""
    group = GroupSimulation()
    group.fire("DoubleChargeDetected")
    notices = group.advance(20 * MINUTE)
    assert notices_to(notices, "email:ben@example.com") == [(15 * MINUTE, "escalation")]
    assert notices_to(notices, "email:ana@example.com")[-1] == (15 * MINUTE, "missed")


def test_acknowledged_in_time_is_not_missed() -> None:
    """An acknowledgement before the time ends the wait."""
    group = GroupSimulation()
    group.fire("DoubleChargeDetected")
    group.advance(14 * MINUTE)
    group.ack("ana")
    assert missed(group.advance(2 * HOUR)) == []
    assert group.incident.missed_at is None


def test_late_acknowledgement_is_missed_even_before_its_own_evaluation() -> None:
    """An acknowledgement a minute late marks the miss, though no evaluation came in between."""
    group = GroupSimulation()
    group.fire("DoubleChargeDetected")
    group.advance(MINUTE)
    group.now = DUE + MINUTE
    group.ack("ana")
    assert group.incident.missed_at == DUE
    assert missed(group.notices) == []  # "acknowledged" says more


def test_resolved_in_time_is_not_missed_however_late_it_is_decided() -> None:
    """The alert ended before the time, so nobody had to acknowledge any more."""
    group = GroupSimulation()
    group.fire("DoubleChargeDetected", ends_in=10 * MINUTE)
    group.advance(MINUTE)
    group.now = DUE + MINUTE
    group.evaluate()
    assert not group.incident.open
    assert group.incident.missed_at is None


def test_resolved_after_the_time_is_missed_however_late_it_is_decided() -> None:
    """The time passed while the alert fired; the end is what people are notified of."""
    group = GroupSimulation()
    group.fire("DoubleChargeDetected", ends_in=20 * MINUTE)
    group.advance(MINUTE)
    group.now = DUE + 10 * MINUTE
    notices = group.evaluate()
    assert group.incident.missed_at == DUE
    assert {one.reason for one in notices} == {"resolved"}


def test_silenced_incident_misses_nothing_and_has_its_time_again_afterwards() -> None:
    """The time that passed during a silence starts again with the notification after it."""
    group = GroupSimulation(without_escalation())
    key = group.fire("DoubleChargeDetected")
    group.advance(MINUTE)
    group.silence(key, until=START + HOUR)
    group.evaluate()
    assert missed(group.advance(HOUR - MINUTE - 1.0)) == []
    del group.suppressed[key]
    assert missed(group.advance(14 * MINUTE)) == []
    assert [at for at, _ in missed(group.advance(2 * MINUTE))] == [HOUR + 15 * MINUTE] * 3


def test_inhibition_over_the_time_has_its_time_again_afterwards() -> None:
    """An inhibition that covers the acknowledge-by time is like a silence."""
    group = GroupSimulation(without_escalation())
    key = group.fire("DoubleChargeDetected")
    group.advance(10 * MINUTE)
    group.inhibit(key)
    group.advance(10 * MINUTE)
    assert group.incident.missed_at is None
    group.suppressed.clear()
    notices = group.advance(30 * MINUTE)
    shown = next(one.at for one in notices if one.reason == "mute ended")
    assert [at for at, _ in missed(notices)] == [shown + 15 * MINUTE] * 3


def test_expired_acknowledgement_can_be_missed_once() -> None:
    """After an acknowledgement expires, its time to acknowledge again may be missed; then never."""
    group = GroupSimulation(without_escalation())
    group.fire("DoubleChargeDetected")
    group.advance(MINUTE)
    group.ack("ana")
    notices = group.advance(5 * HOUR)
    assert [at for at, _ in missed(notices)][:1] == [4 * HOUR + 16 * MINUTE]
    group.ack("ana")
    assert missed(group.advance(24 * HOUR)) == []


def test_undone_acknowledgement_starts_the_time_again() -> None:
    """Undone after ten minutes, the time counts from then."""
    group = GroupSimulation(without_escalation())
    group.fire("DoubleChargeDetected")
    group.advance(5 * MINUTE)
    group.ack("ana")
    group.advance(5 * MINUTE)
    group.ack("ana", undo=True)
    assert [at for at, _ in missed(group.advance(HOUR))] == [25 * MINUTE] * 3


def test_worse_severity_after_an_acknowledgement_must_be_acknowledged_in_its_time() -> None:
    """What was acknowledged as a warning and turns critical is missed if nobody takes it."""
    group = GroupSimulation(without_escalation())
    group.fire("PaymentFailures", "warning", region="eu")
    group.advance(MINUTE)
    group.ack("ana")
    group.fire("PaymentFailures", "critical", region="us")
    notices = group.advance(HOUR)
    assert [at for at, _ in missed(notices)] == [16 * MINUTE] * 3


def test_incident_that_only_programs_were_notified_of_is_not_missed() -> None:
    """A webhook acknowledges nothing, so nothing is missed."""
    plan = billing_plan()
    hook = Receiver("billing", (Target("webhook", "https://hooks.example.com/1"),))
    group = GroupSimulation(replace(plan, receivers={**plan.receivers, "billing": hook}))
    group.fire("DoubleChargeDetected")
    group.advance(HOUR)
    assert group.incident.missed_at is None


def test_severity_without_a_time_is_never_missed() -> None:
    """Without respond_within there is no time to miss."""
    group = GroupSimulation(without_escalation())
    group.fire("ReportSlow", "info")
    assert missed(group.advance(24 * HOUR)) == []


def test_incident_without_members_is_not_missed() -> None:
    """A reload gave its alerts to another route before the time."""
    group = GroupSimulation()
    group.fire("DoubleChargeDetected")
    group.advance(MINUTE)
    moved: dict[str, Member] = {}
    (key,) = group.incidents
    group.joined[key] = moved
    group.now = DUE + MINUTE
    group.evaluate()
    assert group.incident.missed_at is None
