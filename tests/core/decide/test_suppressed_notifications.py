"""Inhibition, silences and mutes, and the notifications that are pending at their end."""

from dataclasses import replace

from gateway.core.routing.match import RouteSpec, build_route
from gateway.core.routing.mutes import parse_time_interval
from tests.core.group_simulation import (
    DAY,
    EMAIL,
    HOUR,
    MINUTE,
    PAGER,
    SLACK,
    START,
    GroupSimulation,
    billing_plan,
    notices_to,
    summary,
    without_escalation,
)


def test_silenced_alert_is_suppressed_and_recorded_once() -> None:
    """Promise 2: A suppressed notification has one recorded reason, not one per tick."""
    group = GroupSimulation(without_escalation())
    group.silence(group.fire("PaymentFailures", "warning"))
    assert group.advance(HOUR) == []
    assert group.entries() == ["kept quiet: silenced by a silence"]


def test_end_of_a_silence_notifies_a_firing_alert_at_once() -> None:
    """E30: The end of a silence notifies at once, not after repeat_interval."""
    group = GroupSimulation(without_escalation())
    key = group.fire("PaymentFailures", "warning")
    group.silence(key, until=START + 10 * MINUTE + 7)
    group.advance(10 * MINUTE + 6)
    del group.suppressed[key]
    assert summary(group.advance(5.0)) == [(607.0, "first")]


def test_silence_over_a_notified_alert_notifies_once_at_its_end() -> None:
    """E30: An alert that still fires when its silence ends is notified once; repeats restart."""
    group = GroupSimulation(without_escalation())
    key = group.fire("PaymentFailures", "warning")
    group.advance(60.0)
    group.silence(key, until=START + HOUR)
    group.evaluate()
    group.advance(HOUR - 60.0 - 1.0)
    del group.suppressed[key]
    notices = summary(group.advance(4 * HOUR))
    assert notices == [(HOUR, "silence ended"), (2 * HOUR, "missed")]
    assert summary(group.advance(HOUR)) == [(5 * HOUR, "repeat")]


def test_silence_longer_than_repeat_interval_ends_as_a_silence() -> None:
    """E30: The notification after a long silence names the silence, not a repeat."""
    group = GroupSimulation(without_escalation())
    key = group.fire("PaymentFailures", "warning")
    group.advance(60.0)
    group.silence(key, until=START + 9 * HOUR)
    group.evaluate()
    group.advance(9 * HOUR - 60.0 - 1.0)
    assert group.incident.notification_pending
    del group.suppressed[key]
    assert summary(group.advance(60.0)) == [(9 * HOUR, "silence ended")]


def test_silence_over_one_of_two_alerts_notifies_at_its_end() -> None:
    """E30: The end of a silence over one alert is notified although others kept firing."""
    group = GroupSimulation(without_escalation())
    key = group.fire("PaymentFailures", "warning", instance="a")
    group.fire("PaymentFailures", "warning", instance="b")
    group.advance(60.0)
    group.silence(key, until=START + HOUR + 7)
    group.evaluate()
    assert group.advance(HOUR - 60.0) == []
    del group.suppressed[key]
    assert summary(group.advance(30.0)) == [(HOUR + 7, "silence ended")]


def test_end_of_a_silence_of_an_acknowledged_incident_sends_nothing() -> None:
    """The end of a silence over an acknowledged incident pages nobody."""
    group = GroupSimulation(without_escalation())
    key = group.fire("PaymentFailures", "warning")
    group.advance(60.0)
    group.silence(key, until=START + HOUR)
    group.ack("ana")
    group.evaluate()
    group.advance(HOUR - 61.0)
    del group.suppressed[key]
    assert {one.reason for one in group.advance(2 * HOUR)} <= {"acknowledged"}


def test_step_after_a_silence_waits_its_whole_time() -> None:
    """The next step comes one whole wait after the end of the silence is notified."""
    group = GroupSimulation()
    key = group.fire("PaymentFailures", "critical")
    group.advance(5 * MINUTE)
    group.silence(key, until=START + HOUR)
    group.evaluate()
    group.advance(55 * MINUTE - 1.0)
    del group.suppressed[key]
    notices = group.advance(30 * MINUTE)
    steps = [one.at for one in notices if one.reason == "escalation"]
    assert min(steps) == HOUR + 15 * MINUTE


def test_resolve_is_notified_during_a_silence() -> None:
    """E4: A resolved notification follows its firing one, silenced or not."""
    group = GroupSimulation(without_escalation())
    key = group.fire("PaymentFailures", "warning")
    group.advance(60.0)
    group.silence(key)
    group.resolve("PaymentFailures", "warning")
    notices = group.advance(10 * MINUTE)
    assert [one.reason for one in notices] == ["resolved"] * 3


def muted_nights() -> GroupSimulation:
    """Return a simulation whose only child route is muted from 22:00 to 06:00 UTC."""
    plan = without_escalation(billing_plan())
    night = parse_time_interval(
        {
            "times": [
                {"start_time": "22:00", "end_time": "24:00"},
                {"start_time": "00:00", "end_time": "06:00"},
            ]
        }
    )
    root = build_route(
        RouteSpec(
            receiver="billing",
            group_by=["alertname"],
            routes=[RouteSpec(matchers=[], mute_time_intervals=["night"])],
        )
    )
    group = GroupSimulation(replace(plan, root=root, time_intervals={"night": [night]}))
    group.now = START - START % DAY + DAY + 23 * HOUR
    return group


def test_alert_in_a_mute_is_notified_once_at_its_end() -> None:
    """E30: An alert that fired in a mute is notified once, when the mute ends."""
    group = muted_nights()
    base = group.now
    group.fire("PaymentFailures", "warning")
    assert group.advance(6.9 * HOUR) == []
    notices = group.advance(HOUR)
    assert {one.reason for one in notices} == {"first"}
    assert {round(one.at + START - base) for one in notices} == {7 * 3600}


def test_repeat_in_a_mute_is_notified_at_its_end() -> None:
    """E30: A repeat that fell into a mute is sent once, when the mute ends."""
    group = muted_nights()
    group.now -= 2 * HOUR
    base = group.now
    group.fire("PaymentFailures", "warning")
    notices = group.advance(12 * HOUR)
    offsets = [(round(at + START - base), reason) for at, reason in summary(notices)]
    assert offsets[:2] == [(30, "first"), (9 * 3600, "mute ended")]


def test_resolve_in_a_mute_is_notified() -> None:
    """E4: A resolved notification reaches the notified targets, mute or not."""
    group = muted_nights()
    group.now -= 2 * HOUR
    group.fire("PaymentFailures", "warning")
    group.advance(3 * HOUR)
    group.resolve("PaymentFailures", "warning")
    assert {one.reason for one in group.advance(10 * MINUTE)} == {"resolved"}


def test_alert_resolved_within_a_mute_is_only_recorded() -> None:
    """E5: An alert that fired and resolved in one mute sends nothing; the reason is recorded."""
    group = muted_nights()
    group.fire("PaymentFailures", "warning")
    group.advance(HOUR)
    group.resolve("PaymentFailures", "warning")
    assert group.advance(12 * HOUR) == []
    assert group.entries()[-1] == "resolved: before the first notification"


def test_muted_incident_is_not_escalated() -> None:
    """An incident unacknowledged into a mute is not escalated before the mute ends."""
    group = muted_nights()
    billing = replace(group.plan.receivers["billing"], escalate="billing")
    group.plan = replace(group.plan, receivers={**group.plan.receivers, "billing": billing})
    group.now -= HOUR + 5 * MINUTE
    base = group.now
    group.fire("PaymentFailures", "critical")
    notices = group.advance(12 * HOUR)
    steps = [round(one.at + START - base) for one in notices if one.reason == "escalation"]
    assert min(steps) >= 8 * 3600


def test_target_without_resolves_gets_the_firing_notification_only() -> None:
    """`send_resolved: false` omits partial and full resolves."""
    plan = without_escalation(billing_plan())
    firing_only = replace(EMAIL, options={"send_resolved": "false"})
    billing = replace(plan.receivers["billing"], targets=(firing_only, SLACK))
    group = GroupSimulation(replace(plan, receivers={**plan.receivers, "billing": billing}))
    group.fire("PaymentFailures", "warning", region="eu")
    group.fire("PaymentFailures", "warning", region="us")
    group.advance(60.0)
    group.resolve("PaymentFailures", "warning", region="eu")
    group.advance(10 * MINUTE)
    group.resolve("PaymentFailures", "warning", region="us")
    group.advance(10 * MINUTE)
    assert [reason for _, reason in notices_to(group.notices, EMAIL)] == ["first"]
    assert [reason for _, reason in notices_to(group.notices, SLACK)] == [
        "first",
        "some resolved",
        "resolved",
    ]


def test_alert_silenced_beside_others_is_notified_after_the_silence() -> None:
    """Notifying the other alerts does not count as notifying the silenced one."""
    group = GroupSimulation(without_escalation())
    group.fire("PaymentFailures", "warning", region="eu")
    key = group.fire("PaymentFailures", "warning", region="us")
    group.silence(key)
    assert {one.reason for one in group.advance(60.0)} == {"first"}
    group.suppressed.clear()
    assert {one.reason for one in group.advance(10 * MINUTE)} == {"new alerts"}


def test_alert_omitted_from_a_message_is_notified_after_its_inhibition() -> None:
    """As in Alertmanager, an alert inhibited during a notification is notified later."""
    group = GroupSimulation(without_escalation())
    key = group.fire("PaymentFailures", "warning", region="eu")
    group.fire("PaymentFailures", "warning", region="us")
    group.advance(60.0)
    group.inhibit(key)
    group.fire("PaymentFailures", "warning", region="ap")
    assert summary(group.advance(5 * MINUTE)) == [(330.0, "new alerts")]
    group.suppressed.clear()
    assert summary(group.advance(10 * MINUTE)) == [(630.0, "mute ended")]
    facts = group.decisions[-1].facts or {}
    regions = sorted(alert["labels"]["region"] for alert in facts["alerts"])
    assert regions == ["ap", "eu", "us"]


def test_inhibition_between_two_notifications_sends_nothing() -> None:
    """An inhibition that no message showed needs no notification at its end."""
    group = GroupSimulation(without_escalation())
    key = group.fire("PaymentFailures", "warning", region="eu")
    group.fire("PaymentFailures", "warning", region="us")
    group.advance(60.0)
    group.inhibit(key)
    group.advance(5 * MINUTE)
    group.suppressed.clear()
    assert summary(group.advance(HOUR - 10 * MINUTE)) == []


def test_incident_is_unacknowledged_again_when_its_inhibition_ends() -> None:
    """An incident is listed as suppressed only while it is, also without a notification."""
    group = GroupSimulation(without_escalation())
    key = group.fire("PaymentFailures", "warning", region="eu")
    group.advance(60.0)
    group.inhibit(key)
    group.evaluate()
    group.advance(5 * MINUTE)
    assert group.incident.list_state == "suppressed"
    group.suppressed.clear()
    assert summary(group.advance(10 * MINUTE)) == []
    assert group.incident.list_state == "firing"


def test_resolve_of_an_omitted_alert_is_notified() -> None:
    """Promise 14: An alert omitted after its firing notification is still resolved."""
    group = GroupSimulation(without_escalation())
    key = group.fire("PaymentFailures", "warning", region="eu")
    group.fire("PaymentFailures", "warning", region="us")
    group.advance(60.0)
    group.inhibit(key)
    group.fire("PaymentFailures", "warning", region="ap")
    group.advance(5 * MINUTE)
    group.resolve("PaymentFailures", "warning", region="eu")
    assert summary(group.advance(5 * MINUTE)) == [(630.0, "some resolved")]


def test_resolve_of_notified_alerts_does_not_wait_for_a_silence() -> None:
    """Promise 14: A silence over other alerts does not delay the resolved notification.

    When the silence ends, the alert under it is notified as a new incident.
    """
    group = GroupSimulation(billing_plan())
    group.fire("PaymentFailures", "warning", instance="notified")
    group.advance(MINUTE)
    key = group.fire("PaymentFailures", "warning", instance="silenced")
    group.silence(key)
    group.advance(10 * MINUTE)
    group.resolve("PaymentFailures", "warning", instance="notified")
    notices = group.advance(HOUR)
    assert notices_to(notices, PAGER) == [(930.0, "resolved")]
    assert {one.to for one in notices if one.kind == "resolved"} == {
        one.to for one in group.notices
    }
    facts = [d.facts for d in group.decisions if d.facts][-1]
    assert (facts["status"], facts["firing"], facts["resolved"]) == ("resolved", 0, 1)
    assert group.entries()[-1] == "kept quiet: silenced by a silence"
    group.suppressed.clear()
    assert summary(group.advance(6 * MINUTE))[0][1] == "first"
    group.resolve("PaymentFailures", "warning", instance="silenced")
    assert notices_to(group.advance(HOUR), PAGER)[-1][1] == "resolved"


def test_incident_with_a_silenced_firing_alert_is_not_resolved() -> None:
    """No resolved notification while a notified alert still fires under a silence."""
    group = GroupSimulation(without_escalation())
    key = group.fire("PaymentFailures", "warning", instance="a")
    group.fire("PaymentFailures", "warning", instance="b")
    group.advance(MINUTE)
    group.silence(key)
    group.evaluate()
    group.resolve("PaymentFailures", "warning", instance="b")
    assert group.advance(2 * HOUR) == []
    group.resolve("PaymentFailures", "warning", instance="a")
    assert summary(group.advance(10 * MINUTE))[0][1] == "resolved"


def test_acknowledgement_does_not_cover_an_alert_silenced_then() -> None:
    """An alert silenced during an acknowledgement is notified and escalated later."""
    group = GroupSimulation(billing_plan())
    group.fire("PaymentFailures", "warning", instance="notified")
    group.advance(MINUTE)
    group.ack("ana")
    key = group.fire("PaymentFailures", "warning", instance="silenced")
    group.silence(key)
    group.resolve("PaymentFailures", "warning", instance="notified")
    group.advance(10 * MINUTE)
    group.suppressed.clear()
    notices = group.advance(30 * MINUTE)
    assert [reason for _, reason in summary(notices)] == ["first", "escalation"]
