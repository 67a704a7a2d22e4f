"""When a group speaks: group_wait, group_interval, repeat_interval, as Alertmanager means them."""

from tests.core.group_simulation import (
    HOUR,
    MINUTE,
    SLACK,
    GroupSimulation,
    notices_to,
    summary,
    without_escalation,
)


def test_first_word_after_group_wait() -> None:
    """Alertmanager: the first flush comes group_wait after the group was opened."""
    group = GroupSimulation(without_escalation())
    group.fire("SlowRenewal", "warning")
    assert group.advance(29.0) == []
    assert summary(group.advance(2.0)) == [(30.0, "first")]


def test_old_start_still_waits() -> None:
    """E7: an alert that began long ago waits for its group all the same."""
    group = GroupSimulation(without_escalation())
    group.fire("SlowRenewal", "warning")
    group.advance(HOUR)
    group.resolve("SlowRenewal", "warning")
    group.advance(HOUR)
    begun = group.now
    group.fire("SlowRenewal", "warning")
    assert [round(group.notices[0].at), summary(group.advance(31.0))] == [
        30,
        [(round(begun - 1_800_000_000.0 + 30.0, 3), "first")],
    ]


def test_critical_does_not_wait() -> None:
    """A severity's group_wait wins over what the route inherits."""
    group = GroupSimulation(without_escalation())
    group.fire("DoubleChargeDetected")
    assert summary(group.advance(0.0)) == [(0.0, "first")]


def test_urgent_alert_shortens_the_wait() -> None:
    """A critical joining a group that still waits makes it speak at once, for both."""
    group = GroupSimulation(without_escalation())
    group.fire("PaymentFailures", "warning")
    group.advance(10.0)
    group.fire("PaymentFailures", "critical")
    assert summary(group.advance(1.0)) == [(10.0, "first")]
    assert group.decisions[-1].facts is not None
    assert group.decisions[-1].facts["firing"] == 2


def test_new_alerts_wait_for_the_tick() -> None:
    """News of a group come at the next tick of group_interval, counted from the first flush."""
    group = GroupSimulation(without_escalation())
    group.fire("PaymentFailures", "warning", region="eu")
    group.advance(60.0)
    group.fire("PaymentFailures", "warning", region="us")
    assert summary(group.advance(10 * MINUTE)) == [(330.0, "new alerts")]


def test_the_rhythm_goes_on_while_nothing_happens() -> None:
    """Ticks keep their phase over quiet hours."""
    group = GroupSimulation(without_escalation())
    group.fire("PaymentFailures", "warning", region="eu")
    group.advance(HOUR + 1)
    group.fire("PaymentFailures", "warning", region="us")
    assert summary(group.advance(10 * MINUTE)) == [(30.0 + 12 * 300.0, "new alerts")]


def test_repeats_are_exact() -> None:
    """E6: 2 h means 2 h, not the next multiple of the group interval."""
    group = GroupSimulation(without_escalation())
    group.fire("DoubleChargeDetected")
    assert notices_to(group.advance(6 * HOUR + 1), SLACK) == [
        (0.0, "first"),
        (2 * HOUR, "repeat"),
        (4 * HOUR, "repeat"),
        (6 * HOUR, "repeat"),
    ]


def test_nothing_new_costs_no_looks() -> None:
    """A quiet group is not looked at every tick: only for its repeats."""
    group = GroupSimulation(without_escalation())
    group.fire("DoubleChargeDetected")
    group.advance(24 * HOUR)
    assert group.evaluations <= 14


def test_some_resolved_and_the_end() -> None:
    """Partial and full ends come at the ticks; the end goes to all who were told."""
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


def test_resolved_before_anybody_was_told() -> None:
    """E5: no end is told to people who never heard of a beginning; why is recorded."""
    group = GroupSimulation(without_escalation())
    group.fire("PaymentFailures", "warning")
    group.advance(10.0)
    group.resolve("PaymentFailures", "warning")
    assert group.advance(HOUR) == []
    assert group.entries() == ["resolved: before the first notification"]


def test_an_alert_ends_by_its_own_time() -> None:
    """Prometheus stops sending: the alert ends when its endsAt passes, at the tick after."""
    group = GroupSimulation(without_escalation())
    group.fire("PaymentFailures", "warning", ends_in=4 * MINUTE)
    assert summary(group.advance(HOUR)) == [(30.0, "first"), (330.0, "resolved")]


def test_fired_again_and_over_again_between_two_ticks() -> None:
    """Promise 14: who was told of the first firing is owed its end, whatever came after it."""
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


def test_what_came_and_went_untold_is_kept_apart() -> None:
    """E5: people read of no end whose beginning nobody told; programs find it beside the rest."""
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
    unheard = {alert["labels"]["region"]: alert["status"] for alert in facts["unheard"]}
    assert unheard == {"us": "resolved", "ap": "resolved"}


def test_fired_again_between_two_ticks() -> None:
    """Over and back before anybody heard of the end: told as news, not lost as in Alertmanager."""
    group = GroupSimulation(without_escalation())
    group.fire("PaymentFailures", "warning")
    group.advance(60.0)
    group.resolve("PaymentFailures", "warning")
    group.advance(60.0)
    group.fire("PaymentFailures", "warning")
    assert summary(group.advance(5 * MINUTE)) == [(330.0, "new alerts")]
