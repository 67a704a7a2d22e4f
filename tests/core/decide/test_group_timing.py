"""Times of a group's notifications: group_wait, group_interval and repeat_interval."""

from tests.core.group_simulation import (
    HOUR,
    MINUTE,
    SLACK,
    GroupSimulation,
    notices_to,
    summary,
    without_escalation,
)


def test_new_group_is_notified_after_group_wait() -> None:
    """As in Alertmanager, the first notification comes group_wait after the group opened."""
    group = GroupSimulation(without_escalation())
    group.fire("SlowRenewal", "warning")
    assert group.advance(29.0) == []
    assert summary(group.advance(2.0)) == [(30.0, "first")]


def test_alert_with_an_old_start_waits_for_its_group() -> None:
    """E7: An alert whose start is long ago waits group_wait all the same."""
    group = GroupSimulation(without_escalation())
    group.fire("SlowRenewal", "warning")
    group.advance(HOUR)
    group.resolve("SlowRenewal", "warning")
    group.advance(HOUR)
    reported_at = group.now
    group.fire("SlowRenewal", "warning")
    assert [round(group.notices[0].at), summary(group.advance(31.0))] == [
        30,
        [(round(reported_at - 1_800_000_000.0 + 30.0, 3), "first")],
    ]


def test_group_wait_of_a_severity_wins_over_the_inherited_one() -> None:
    """A severity's group_wait wins over the one that the route inherits."""
    group = GroupSimulation(without_escalation())
    group.fire("DoubleChargeDetected")
    assert summary(group.advance(0.0)) == [(0.0, "first")]


def test_critical_alert_in_a_waiting_group_is_notified_at_once() -> None:
    """A critical alert that joins a waiting group ends the wait for all its alerts."""
    group = GroupSimulation(without_escalation())
    group.fire("PaymentFailures", "warning")
    group.advance(10.0)
    group.fire("PaymentFailures", "critical")
    assert summary(group.advance(1.0)) == [(10.0, "first")]
    assert group.decisions[-1].facts is not None
    assert group.decisions[-1].facts["firing"] == 2


def test_new_alerts_wait_for_the_next_tick() -> None:
    """New alerts of a group are notified at the next tick after the first notification."""
    group = GroupSimulation(without_escalation())
    group.fire("PaymentFailures", "warning", region="eu")
    group.advance(60.0)
    group.fire("PaymentFailures", "warning", region="us")
    assert summary(group.advance(10 * MINUTE)) == [(330.0, "new alerts")]


def test_ticks_keep_their_phase_over_an_idle_hour() -> None:
    """Ticks keep their phase while nothing changes."""
    group = GroupSimulation(without_escalation())
    group.fire("PaymentFailures", "warning", region="eu")
    group.advance(HOUR + 1)
    group.fire("PaymentFailures", "warning", region="us")
    assert summary(group.advance(10 * MINUTE)) == [(30.0 + 12 * 300.0, "new alerts")]


def test_repeats_come_exactly_at_repeat_interval() -> None:
    """E6: Two hours mean two hours, not the next multiple of group_interval."""
    group = GroupSimulation(without_escalation())
    group.fire("DoubleChargeDetected")
    assert notices_to(group.advance(6 * HOUR + 1), SLACK) == [
        (0.0, "first"),
        (15 * MINUTE, "missed"),
        (2 * HOUR, "repeat"),
        (4 * HOUR, "repeat"),
        (6 * HOUR, "repeat"),
    ]


def test_group_without_changes_is_evaluated_for_repeats_only() -> None:
    """A group without changes is not evaluated at every tick."""
    group = GroupSimulation(without_escalation())
    group.fire("DoubleChargeDetected")
    group.advance(24 * HOUR)
    assert group.evaluations <= 14


def test_partial_and_full_resolves_are_notified_at_ticks() -> None:
    """Partial and full resolves are notified at ticks, the full one to all targets."""
    group = GroupSimulation(without_escalation())
    group.fire("PaymentFailures", "warning", region="eu")
    group.fire("PaymentFailures", "warning", region="us")
    group.advance(40.0)
    group.resolve("PaymentFailures", "warning", region="eu")
    assert summary(group.advance(5 * MINUTE)) == [(330.0, "some resolved")]
    group.resolve("PaymentFailures", "warning", region="us")
    notices = group.advance(5 * MINUTE)
    assert summary(notices) == [(630.0, "resolved")]
    assert len(notices) == 3
    assert not group.incident.open
    assert group.incident.due_at is None


def test_resolve_before_the_first_notification_is_only_recorded() -> None:
    """E5: No resolved notification without a firing one; the timeline says why."""
    group = GroupSimulation(without_escalation())
    group.fire("PaymentFailures", "warning")
    group.advance(10.0)
    group.resolve("PaymentFailures", "warning")
    assert group.advance(HOUR) == []
    assert group.entries() == ["resolved: before the first notification"]


def test_alert_past_its_ends_at_resolves_at_the_next_tick() -> None:
    """An alert that is no longer posted resolves at the tick after its endsAt."""
    group = GroupSimulation(without_escalation())
    group.fire("PaymentFailures", "warning", ends_in=4 * MINUTE)
    assert summary(group.advance(HOUR)) == [(30.0, "first"), (330.0, "resolved")]


def test_refired_and_resolved_alert_keeps_its_resolve_pending() -> None:
    """Promise 14: A resolve stays pending although the alert fired again in between."""
    group = GroupSimulation(without_escalation())
    group.fire("PaymentFailures", "warning", region="eu")
    group.fire("PaymentFailures", "warning", region="us")
    group.advance(60.0)
    for _ in range(2):
        group.resolve("PaymentFailures", "warning", region="eu")
        group.advance(60.0)
        group.fire("PaymentFailures", "warning", region="eu")
        group.advance(10.0)
    group.resolve("PaymentFailures", "warning", region="eu")
    assert summary(group.advance(5 * MINUTE)) == [(330.0, "some resolved")]
    facts = group.decisions[-1].facts
    assert facts is not None
    assert [alert["labels"]["region"] for alert in facts["alerts"]] == ["us", "eu"]


def test_unnotified_alerts_are_resolved_in_a_list_of_their_own() -> None:
    """E5: Alerts that were never notified as firing are listed apart when they resolve."""
    group = GroupSimulation(without_escalation())
    group.fire("PaymentFailures", "warning", region="eu")
    group.advance(60.0)
    group.fire("PaymentFailures", "warning", region="us")
    group.advance(60.0)
    group.resolve("PaymentFailures", "warning", region="us")
    group.advance(60.0)
    assert summary(group.advance(10 * MINUTE)) == []
    group.fire("PaymentFailures", "warning", region="ap")
    group.advance(60.0)
    group.resolve("PaymentFailures", "warning", region="ap")
    group.resolve("PaymentFailures", "warning", region="eu")
    assert summary(group.advance(10 * MINUTE)) == [(930.0, "resolved")]
    facts = group.decisions[-1].facts
    assert facts is not None
    assert [alert["labels"]["region"] for alert in facts["alerts"]] == ["eu"]
    unnotified = {alert["labels"]["region"]: alert["status"] for alert in facts["unheard"]}
    assert unnotified == {"us": "resolved", "ap": "resolved"}


def test_refired_alert_between_two_ticks_is_notified_as_new() -> None:
    """An alert that resolved and fired again before a tick is notified as new."""
    group = GroupSimulation(without_escalation())
    group.fire("PaymentFailures", "warning")
    group.advance(60.0)
    group.resolve("PaymentFailures", "warning")
    group.advance(60.0)
    group.fire("PaymentFailures", "warning")
    assert summary(group.advance(5 * MINUTE)) == [(330.0, "new alerts")]
