"""What an acknowledgement stops, covers and does not cover."""

from dataclasses import replace

from gateway.core.decide.result import ActionOutcome
from tests.core.group_simulation import (
    HOUR,
    MINUTE,
    PAGER,
    SLACK,
    GroupSimulation,
    billing_plan,
    notices_to,
    summary,
    without_escalation,
)


def test_it_stops_repeats_and_escalation() -> None:
    """E22: from the acknowledgement on nobody is told again, until it is over."""
    group = GroupSimulation()
    group.fire("DoubleChargeDetected")
    group.advance(5 * MINUTE)
    assert group.ack("ana") is ActionOutcome.DONE
    assert group.advance(3.9 * HOUR) == []
    group.resolve("DoubleChargeDetected")
    assert summary(group.advance(5 * MINUTE))[0][1] == "resolved"


def test_everybody_who_was_told_learns_who_has_it() -> None:
    """All told targets hear it, the acker's own mailbox apart."""
    group = GroupSimulation()
    group.fire("DoubleChargeDetected")
    group.advance(1.0)
    notified = {one.to for one in group.notices}
    before = len(group.notices)
    group.ack("ana")
    after = {one.to for one in group.notices[before:] if one.reason == "acknowledged"}
    assert after == notified - {"email:ana@example.com"}


def test_the_second_learns_who_was_first() -> None:
    """E20: two acknowledge at once: the first wins."""
    group = GroupSimulation()
    group.fire("DoubleChargeDetected")
    group.advance(1.0)
    assert group.ack("ana") is ActionOutcome.DONE
    assert group.ack("ben") is ActionOutcome.ALREADY
    assert group.incident.ack is not None
    assert group.incident.ack.by == "ana"


def test_late() -> None:
    """E20: an acknowledgement after the end says so and changes nothing."""
    group = GroupSimulation()
    group.fire("DoubleChargeDetected")
    group.advance(1.0)
    group.resolve("DoubleChargeDetected")
    assert group.ack("ana") is ActionOutcome.RESOLVED
    group.advance(HOUR)
    assert group.ack("ana") is ActionOutcome.RESOLVED


def test_worse_severity_speaks_again() -> None:
    """E21: what is worse than what was acknowledged reopens, and says why; at once."""
    group = GroupSimulation()
    group.fire("PaymentFailures", "warning")
    group.advance(60.0)
    group.ack("ana")
    group.advance(60.0)
    group.fire("PaymentFailures", "critical")
    notices = group.advance(1.0)
    assert notices_to(notices, SLACK) == [(120.0, "worse severity")]
    assert group.incident.ack is None
    assert "reopened: got worse than what Ana acknowledged" in group.entries()


def test_new_alerts_of_the_same_severity_are_told_once() -> None:
    """E21: a new alert that is no worse is told, and the acknowledgement holds."""
    group = GroupSimulation()
    group.fire("PaymentFailures", "warning", region="eu")
    group.advance(60.0)
    group.ack("ana")
    group.fire("PaymentFailures", "warning", region="us")
    assert summary(group.advance(4 * HOUR)) == [(330.0, "new alerts")]
    assert group.incident.ack is not None


def test_partial_ends_are_quiet_while_somebody_has_it() -> None:
    """Who has it sees the state change; nobody else is disturbed."""
    group = GroupSimulation(without_escalation())
    group.fire("PaymentFailures", "warning", region="eu")
    group.fire("PaymentFailures", "warning", region="us")
    group.advance(60.0)
    group.ack("ana")
    group.resolve("PaymentFailures", "warning", region="eu")
    notices = group.advance(5 * MINUTE)
    assert notices
    assert all(one.quiet for one in notices)


def test_a_forgotten_acknowledgement_expires() -> None:
    """E23: after its time the owner is reminded, and after one more wait the escalation begins."""
    group = GroupSimulation()
    group.fire("DoubleChargeDetected")
    group.advance(60.0)
    group.ack("ben")
    notices = group.advance(4 * HOUR)
    assert notices_to(notices, "email:ben@example.com")[0] == (
        60.0 + 4 * HOUR,
        "acknowledgement expired",
    )
    notices = group.advance(15 * MINUTE)
    assert notices_to(notices, "email:ana@example.com")


def test_undo() -> None:
    """Undone: told to all, and the next step follows after one wait."""
    group = GroupSimulation()
    group.fire("DoubleChargeDetected")
    group.advance(60.0)
    group.ack("ana")
    group.advance(60.0)
    before = len(group.notices)
    assert group.ack("ana", undo=True) is ActionOutcome.UNDONE
    assert {one.reason for one in group.notices[before:]} == {"acknowledgement undone"}
    assert notices_to(group.advance(15 * MINUTE), "email:ben@example.com") == [
        (120.0 + 15 * MINUTE, "escalation")
    ]
    assert group.ack("ana", undo=False) is ActionOutcome.DONE


def test_a_new_episode_needs_a_new_acknowledgement() -> None:
    """E20: fired again after its end: another incident, not acknowledged."""
    group = GroupSimulation()
    group.fire("DoubleChargeDetected")
    group.advance(1.0)
    group.ack("ana")
    group.resolve("DoubleChargeDetected")
    group.advance(HOUR)
    group.fire("DoubleChargeDetected")
    assert notices_to(group.advance(1.0), PAGER)[-1][1] == "first"
    assert group.incident.ack is None


def test_asked_at_any_time_an_acknowledged_incident_keeps_quiet() -> None:
    """E22: long after repeat_interval and the next step's time, nobody is told while ana has it."""
    group = GroupSimulation()
    group.fire("DoubleChargeDetected")
    group.advance(60.0)
    group.ack("ana")
    group.now += 3.5 * HOUR
    assert group.evaluate() == []


def test_severities_up_to_the_acknowledged_one_are_covered() -> None:
    """E21: a critical that comes after the acknowledged critical ended is news, not worse."""
    group = GroupSimulation()
    group.fire("PaymentFailures", "critical", region="eu")
    group.fire("PaymentFailures", "warning")
    group.advance(60.0)
    group.ack("ana")
    group.resolve("PaymentFailures", "critical", region="eu")
    group.advance(10 * MINUTE)
    group.fire("PaymentFailures", "critical", region="us")
    assert {one.reason for one in group.advance(10 * MINUTE)} == {"new alerts"}
    assert group.incident.ack is not None


def test_an_acknowledgement_that_expires_in_a_silence() -> None:
    """E23, E30: nobody is reminded of what is silenced; when the silence ends it is told."""
    group = GroupSimulation()
    key = group.fire("DoubleChargeDetected")
    group.advance(60.0)
    group.ack("ana")
    group.silence(key)
    assert group.advance(5 * HOUR) == []
    group.suppressed.clear()
    assert "silence ended" in {one.reason for one in group.advance(10 * MINUTE)}


def test_what_came_after_can_be_taken_too() -> None:
    """A second acknowledgement after new alerts covers those as well, and changes who has it."""
    group = GroupSimulation()
    group.fire("PaymentFailures", "warning", region="eu")
    group.advance(60.0)
    group.ack("ana")
    group.fire("PaymentFailures", "warning", region="us")
    group.advance(10 * MINUTE)
    assert group.ack("ben") is ActionOutcome.DONE
    assert group.incident.ack is not None
    assert group.incident.ack.by == "ben"
    assert group.ack("ana") is ActionOutcome.ALREADY


def test_it_does_not_cover_what_nobody_was_told() -> None:
    """E21: a critical alert that joined a moment before, and still waits, reopens and escalates."""
    plan = billing_plan()
    critical = replace(plan.severities["critical"], group_wait=30.0)
    group = GroupSimulation(replace(plan, severities={**plan.severities, "critical": critical}))
    group.fire("PaymentFailures", "warning")
    group.advance(60.0)
    group.fire("PaymentFailures", "critical")
    group.ack("ana")
    notices = group.advance(HOUR)
    assert notices_to(notices, SLACK)[0] == (90.0, "worse severity")
    assert notices_to(notices, "email:ben@example.com")


def test_one_that_expires_in_a_silence_lets_the_escalation_go_on_after_it() -> None:
    """E23: the silence ends, nobody answers, and the next person hears."""
    group = GroupSimulation()
    key = group.fire("DoubleChargeDetected")
    group.advance(60.0)
    group.ack("ana")
    group.silence(key)
    group.advance(5 * HOUR)
    group.suppressed.clear()
    assert notices_to(group.advance(HOUR), "email:ben@example.com")


def test_taken_before_anybody_was_told() -> None:
    """Promise 2: nobody is paged for what somebody has already; the timeline says why. When it
    is given back, it is told as if it were new, escalation and all."""
    group = GroupSimulation()
    group.fire("PaymentFailures", "warning")
    group.advance(10.0)
    group.ack("ana")
    assert group.advance(HOUR) == []
    assert "kept quiet: acknowledged by Ana before the first notification" in group.entries()
    group.ack("ana", undo=True)
    notices = group.advance(10 * MINUTE)
    assert notices_to(notices, SLACK)[0][1] == "first"
    assert notices_to(notices, "email:ana@example.com")
