"""Why we do not speak: inhibition, silences, mutes; and what is owed when they end."""

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


def test_a_silenced_alert_is_not_told_and_why_is_recorded_once() -> None:
    """Promise 2: no notice, one recorded reason; not one a tick."""
    group = GroupSimulation(without_escalation())
    group.silence(group.fire("PaymentFailures", "warning"))
    assert group.advance(HOUR) == []
    assert group.entries() == ["kept quiet: silenced by a silence"]


def test_the_end_of_a_silence_tells_the_state() -> None:
    """E30: a silence ends while it burns: told at once, not after repeat_interval."""
    group = GroupSimulation(without_escalation())
    key = group.fire("PaymentFailures", "warning")
    group.silence(key, until=START + 10 * MINUTE + 7)
    group.advance(10 * MINUTE + 6)
    del group.suppressed[key]
    assert summary(group.advance(5.0)) == [(607.0, "first")]


def test_a_silence_over_what_was_told() -> None:
    """E30: told, silenced, still burning at the end: said once then, and repeats count anew."""
    group = GroupSimulation(without_escalation())
    key = group.fire("PaymentFailures", "warning")
    group.advance(60.0)
    group.silence(key, until=START + HOUR)
    group.evaluate()
    group.advance(HOUR - 60.0 - 1.0)
    del group.suppressed[key]
    notices = summary(group.advance(4 * HOUR))
    assert notices == [(HOUR, "silence ended")]
    assert summary(group.advance(HOUR)) == [(5 * HOUR, "repeat")]


def test_a_silence_that_swallowed_a_repeat_is_named_at_its_end() -> None:
    """E30: told, silenced for longer than repeat_interval: what ended is still a silence."""
    group = GroupSimulation(without_escalation())
    key = group.fire("PaymentFailures", "warning")
    group.advance(60.0)
    group.silence(key, until=START + 9 * HOUR)
    group.evaluate()
    group.advance(9 * HOUR - 60.0 - 1.0)
    assert group.incident.notification_pending
    del group.suppressed[key]
    assert summary(group.advance(60.0)) == [(9 * HOUR, "silence ended")]


def test_one_alert_of_several_was_silenced() -> None:
    """E30: the others burn on and are told meanwhile; the end of the silence is still a word."""
    group = GroupSimulation(without_escalation())
    key = group.fire("PaymentFailures", "warning", instance="a")
    group.fire("PaymentFailures", "warning", instance="b")
    group.advance(60.0)
    group.silence(key, until=START + HOUR + 7)
    group.evaluate()
    assert group.advance(HOUR - 60.0) == []
    del group.suppressed[key]
    assert summary(group.advance(30.0)) == [(HOUR + 7, "silence ended")]


def test_acknowledged_before_its_silence_ended() -> None:
    """Somebody has it: the end of the silence wakes nobody."""
    group = GroupSimulation(without_escalation())
    key = group.fire("PaymentFailures", "warning")
    group.advance(60.0)
    group.silence(key, until=START + HOUR)
    group.ack("ana")
    group.evaluate()
    group.advance(HOUR - 61.0)
    del group.suppressed[key]
    assert {one.reason for one in group.advance(2 * HOUR)} <= {"acknowledged"}


def test_the_next_step_waits_anew_after_a_silence() -> None:
    """Who hears at the end of a silence gets the step's time to answer before the next is woken."""
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


def test_the_end_is_told_through_a_silence() -> None:
    """E4: who was told of the firing is told of the end, silenced or not."""
    group = GroupSimulation(without_escalation())
    key = group.fire("PaymentFailures", "warning")
    group.advance(60.0)
    group.silence(key)
    group.resolve("PaymentFailures", "warning")
    notices = group.advance(10 * MINUTE)
    assert [one.reason for one in notices] == ["resolved"] * 3


def muted_nights() -> GroupSimulation:
    """A plan whose only child route is muted from 22:00 to 06:00 UTC."""
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


def test_muted_until_the_morning_then_told_once() -> None:
    """E30: what fired in a mute is told when the mute ends, once."""
    group = muted_nights()
    base = group.now
    group.fire("PaymentFailures", "warning")
    assert group.advance(6.9 * HOUR) == []
    notices = group.advance(HOUR)
    assert {one.reason for one in notices} == {"first"}
    assert {round(one.at + START - base) for one in notices} == {7 * 3600}


def test_a_repeat_that_fell_into_a_mute_is_told_at_its_end() -> None:
    """E30: told in the evening, still burning in the morning: said once when the mute ends."""
    group = muted_nights()
    group.now -= 2 * HOUR
    base = group.now
    group.fire("PaymentFailures", "warning")
    notices = group.advance(12 * HOUR)
    times = [(round(at + START - base), why) for at, why in summary(notices)]
    assert times[:2] == [(30, "first"), (9 * 3600, "mute ended")]


def test_resolved_inside_a_mute() -> None:
    """E4: the end reaches those who were told, mute or no mute."""
    group = muted_nights()
    group.now -= 2 * HOUR
    group.fire("PaymentFailures", "warning")
    group.advance(3 * HOUR)
    group.resolve("PaymentFailures", "warning")
    assert {one.reason for one in group.advance(10 * MINUTE)} == {"resolved"}


def test_muted_and_over_before_anybody_heard() -> None:
    """E5: fired and over inside one mute: nobody hears, the reason is recorded."""
    group = muted_nights()
    group.fire("PaymentFailures", "warning")
    group.advance(HOUR)
    group.resolve("PaymentFailures", "warning")
    assert group.advance(12 * HOUR) == []
    assert group.entries()[-1] == "resolved: before the first notification"


def test_no_step_is_taken_in_a_mute() -> None:
    """Told before the mute, unanswered into it: the next person is not woken before it ends."""
    group = muted_nights()
    billing = replace(group.plan.receivers["billing"], escalate="billing")
    group.plan = replace(group.plan, receivers={**group.plan.receivers, "billing": billing})
    group.now -= HOUR + 5 * MINUTE
    base = group.now
    group.fire("PaymentFailures", "critical")
    notices = group.advance(12 * HOUR)
    steps = [round(one.at + START - base) for one in notices if one.reason == "escalation"]
    assert min(steps) >= 8 * 3600


def test_who_does_without_ends() -> None:
    """send_resolved: false: told of the beginning, not of partial ends nor of the end."""
    plan = without_escalation(billing_plan())
    quiet = replace(EMAIL, options={"send_resolved": "false"})
    billing = replace(plan.receivers["billing"], targets=(quiet, SLACK))
    group = GroupSimulation(replace(plan, receivers={**plan.receivers, "billing": billing}))
    group.fire("PaymentFailures", "warning", region="eu")
    group.fire("PaymentFailures", "warning", region="us")
    group.advance(60.0)
    group.resolve("PaymentFailures", "warning", region="eu")
    group.advance(10 * MINUTE)
    group.resolve("PaymentFailures", "warning", region="us")
    group.advance(10 * MINUTE)
    assert [why for _, why in notices_to(group.notices, EMAIL)] == ["first"]
    assert [why for _, why in notices_to(group.notices, SLACK)] == [
        "first",
        "some resolved",
        "resolved",
    ]


def test_what_was_silenced_beside_others_is_told_when_the_silence_ends() -> None:
    """Telling the others does not count as having told the silenced one."""
    group = GroupSimulation(without_escalation())
    group.fire("PaymentFailures", "warning", region="eu")
    key = group.fire("PaymentFailures", "warning", region="us")
    group.silence(key)
    assert {one.reason for one in group.advance(60.0)} == {"first"}
    group.suppressed.clear()
    assert {one.reason for one in group.advance(10 * MINUTE)} == {"new alerts"}


def test_what_a_message_left_out_is_told_when_it_is_back() -> None:
    """As in Alertmanager: inhibited while others were told of, and still there after that."""
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


def test_what_was_inhibited_between_two_messages_is_no_news() -> None:
    """Nobody was given to think that it was over."""
    group = GroupSimulation(without_escalation())
    key = group.fire("PaymentFailures", "warning", region="eu")
    group.fire("PaymentFailures", "warning", region="us")
    group.advance(60.0)
    group.inhibit(key)
    group.advance(5 * MINUTE)
    group.suppressed.clear()
    assert summary(group.advance(HOUR)) == []


def test_incident_is_unacknowledged_again_when_its_inhibition_ends() -> None:
    """Lists show an incident as suppressed no longer than it is, also without a new message."""
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


def test_what_a_message_left_out_is_owed_its_end() -> None:
    """Promise 14: told of its firing, left out since, over: its end is told with the others'."""
    group = GroupSimulation(without_escalation())
    key = group.fire("PaymentFailures", "warning", region="eu")
    group.fire("PaymentFailures", "warning", region="us")
    group.advance(60.0)
    group.inhibit(key)
    group.fire("PaymentFailures", "warning", region="ap")
    group.advance(5 * MINUTE)
    group.resolve("PaymentFailures", "warning", region="eu")
    assert summary(group.advance(5 * MINUTE)) == [(630.0, "some resolved")]


def test_what_was_told_ends_while_something_else_is_silenced() -> None:
    """Promise 14: the end of what people know waits for no silence over what they never heard of.

    When that silence ends, what was under it is told as the beginning that it is.
    """
    group = GroupSimulation(billing_plan())
    group.fire("PaymentFailures", "warning", instance="told")
    group.advance(MINUTE)
    key = group.fire("PaymentFailures", "warning", instance="silenced")
    group.silence(key)
    group.advance(10 * MINUTE)
    group.resolve("PaymentFailures", "warning", instance="told")
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


def test_no_end_while_something_told_burns_under_a_silence() -> None:
    """Who heard of two hears no end when one is over and the other only silenced."""
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


def test_an_acknowledgement_ends_with_what_it_covered() -> None:
    """What was silenced then was taken by nobody: it is told, and escalates."""
    group = GroupSimulation(billing_plan())
    group.fire("PaymentFailures", "warning", instance="told")
    group.advance(MINUTE)
    group.ack("ana")
    key = group.fire("PaymentFailures", "warning", instance="silenced")
    group.silence(key)
    group.resolve("PaymentFailures", "warning", instance="told")
    group.advance(10 * MINUTE)
    group.suppressed.clear()
    notices = group.advance(30 * MINUTE)
    assert [reason for _, reason in summary(notices)] == ["first", "escalation"]
