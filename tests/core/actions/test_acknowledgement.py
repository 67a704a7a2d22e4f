"""Acknowledgements: what they stop, what they cover, and when they expire."""

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


def test_acknowledged_incident_is_neither_repeated_nor_escalated() -> None:
    """E22: An acknowledged incident sends nothing until it resolves, or its time is nearly over."""
    group = GroupSimulation()
    group.fire("DoubleChargeDetected")
    group.advance(5 * MINUTE)
    assert group.ack("ana") is ActionOutcome.DONE
    assert group.advance(3.7 * HOUR) == []
    group.resolve("DoubleChargeDetected")
    assert summary(group.advance(5 * MINUTE))[0][1] == "resolved"


def test_acknowledgement_notifies_all_notified_targets_but_the_acker() -> None:
    """Every notified target except the acker's own address gets the acknowledgement."""
    group = GroupSimulation()
    group.fire("DoubleChargeDetected")
    group.advance(1.0)
    notified_targets = {one.to for one in group.notices}
    before = len(group.notices)
    group.ack("ana")
    targets = {one.to for one in group.notices[before:] if one.reason == "acknowledged"}
    assert targets == notified_targets - {"email:ana@example.com"}


def test_two_acknowledgements_the_first_wins() -> None:
    """E20: Of two people who acknowledge at once the first is recorded."""
    group = GroupSimulation()
    group.fire("DoubleChargeDetected")
    group.advance(1.0)
    assert group.ack("ana") is ActionOutcome.DONE
    assert group.ack("ben") is ActionOutcome.ALREADY
    assert group.incident.ack is not None
    assert group.incident.ack.by == "ana"


def test_acknowledgement_after_the_resolve_changes_nothing() -> None:
    """E20: An acknowledgement of a resolved incident is refused as resolved."""
    group = GroupSimulation()
    group.fire("DoubleChargeDetected")
    group.advance(1.0)
    group.resolve("DoubleChargeDetected")
    assert group.ack("ana") is ActionOutcome.RESOLVED
    group.advance(HOUR)
    assert group.ack("ana") is ActionOutcome.RESOLVED


def test_worse_severity_reopens_at_once() -> None:
    """E21: An alert worse than the acknowledged ones reopens the incident and says why."""
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


def test_new_alerts_of_the_same_severity_notify_once() -> None:
    """E21: New alerts that are not worse notify once, and the acknowledgement holds."""
    group = GroupSimulation()
    group.fire("PaymentFailures", "warning", region="eu")
    group.advance(60.0)
    group.ack("ana")
    group.fire("PaymentFailures", "warning", region="us")
    assert summary(group.advance(4 * HOUR)) == [(330.0, "new alerts")]
    assert group.incident.ack is not None


def test_partial_resolve_while_acknowledged_is_a_quiet_update() -> None:
    """A partial resolve of an acknowledged incident only updates messages in place."""
    group = GroupSimulation(without_escalation())
    group.fire("PaymentFailures", "warning", region="eu")
    group.fire("PaymentFailures", "warning", region="us")
    group.advance(60.0)
    group.ack("ana")
    group.resolve("PaymentFailures", "warning", region="eu")
    notices = group.advance(5 * MINUTE)
    assert notices
    assert all(one.quiet for one in notices)


def test_expired_acknowledgement_reminds_the_acker_then_escalates() -> None:
    """E23: After the expiry the acker is notified, and one wait later the next step."""
    group = GroupSimulation()
    group.fire("DoubleChargeDetected")
    group.advance(60.0)
    group.ack("ben")
    notices = group.advance(4 * HOUR)
    assert notices_to(notices, "email:ben@example.com") == [
        (60.0 + 4 * HOUR - 15 * MINUTE, "acknowledgement expires soon"),
        (60.0 + 4 * HOUR, "acknowledgement expired"),
    ]
    notices = group.advance(15 * MINUTE)
    assert notices_to(notices, "email:ana@example.com")


def test_undone_acknowledgement_notifies_all_and_restarts_the_wait() -> None:
    """An undo notifies everyone, and the next step follows after one wait."""
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


def test_incident_after_a_resolve_is_unacknowledged() -> None:
    """E20: An alert that fires again opens an incident without an acknowledgement."""
    group = GroupSimulation()
    group.fire("DoubleChargeDetected")
    group.advance(1.0)
    group.ack("ana")
    group.resolve("DoubleChargeDetected")
    group.advance(HOUR)
    group.fire("DoubleChargeDetected")
    assert notices_to(group.advance(1.0), PAGER)[-1][1] == "first"
    assert group.incident.ack is None


def test_late_evaluation_of_an_acknowledged_incident_sends_nothing() -> None:
    """E22: An evaluation long after a repeat and a step were due sends nothing."""
    group = GroupSimulation()
    group.fire("DoubleChargeDetected")
    group.advance(60.0)
    group.ack("ana")
    group.now += 3.5 * HOUR
    assert group.evaluate() == []


def test_critical_after_an_acknowledged_critical_is_not_worse() -> None:
    """E21: Later alerts up to the acknowledged severity do not reopen the incident."""
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


def test_acknowledgement_that_expires_in_a_silence_waits_for_its_end() -> None:
    """E23, E30: The expiry of a silenced incident notifies only when the silence ends."""
    group = GroupSimulation()
    key = group.fire("DoubleChargeDetected")
    group.advance(60.0)
    group.ack("ana")
    group.silence(key)
    assert group.advance(5 * HOUR) == []
    group.suppressed.clear()
    assert "silence ended" in {one.reason for one in group.advance(10 * MINUTE)}


def test_second_acknowledgement_covers_new_alerts() -> None:
    """Acknowledging again after new alerts covers them and changes the owner."""
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


def test_acknowledgement_does_not_cover_unnotified_alerts() -> None:
    """E21: A critical alert that still waits for its notification reopens and escalates."""
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


def test_expired_acknowledgement_escalates_after_the_silence() -> None:
    """E23: After the silence of an expired acknowledgement the next person is notified."""
    group = GroupSimulation()
    key = group.fire("DoubleChargeDetected")
    group.advance(60.0)
    group.ack("ana")
    group.silence(key)
    group.advance(5 * HOUR)
    group.suppressed.clear()
    assert notices_to(group.advance(HOUR), "email:ben@example.com")


def test_acknowledgement_before_the_first_notification_suppresses_it() -> None:
    """Promise 2: No page for an incident acknowledged before it; the timeline says why.

    After an undo the incident is notified and escalated as a new one.
    """
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
