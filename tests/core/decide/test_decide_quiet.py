"""Why we do not speak: inhibition, silences, mutes; and what is owed when they end."""

from dataclasses import replace

from gateway.core.routing.match import RouteSpec, build_route
from gateway.core.routing.mutes import parse_time_interval
from tests.core.story import (
    DAY,
    EMAIL,
    HOUR,
    MINUTE,
    PAGER,
    SLACK,
    START,
    Story,
    billing_plan,
    brief,
    knows_firing,
    without_escalation,
)


def test_a_silenced_alert_is_not_told_and_why_is_recorded_once() -> None:
    """Promise 2: no notice, one recorded reason; not one a tick."""
    story = Story(without_escalation())
    story.silence(story.fire("PaymentFailures", "warning"))
    assert story.advance(HOUR) == []
    assert story.entries() == ["kept quiet: silenced by a silence"]


def test_the_end_of_a_silence_tells_the_state() -> None:
    """E30: a silence ends while it burns: told at once, not after repeat_interval."""
    story = Story(without_escalation())
    key = story.fire("PaymentFailures", "warning")
    story.silence(key, until=START + 10 * MINUTE + 7)
    story.advance(10 * MINUTE + 6)
    del story.suppressed[key]
    assert brief(story.advance(5.0)) == [(607.0, "first")]


def test_a_silence_over_what_was_told() -> None:
    """E30: told, silenced, still burning at the end: said once then, and repeats count anew."""
    story = Story(without_escalation())
    key = story.fire("PaymentFailures", "warning")
    story.advance(60.0)
    story.silence(key, until=START + HOUR)
    story.look()
    story.advance(HOUR - 60.0 - 1.0)
    del story.suppressed[key]
    said = brief(story.advance(4 * HOUR))
    assert said == [(HOUR, "silence ended")]
    assert brief(story.advance(HOUR)) == [(5 * HOUR, "repeat")]


def test_a_silence_that_swallowed_a_repeat_is_named_at_its_end() -> None:
    """E30: told, silenced for longer than repeat_interval: what ended is still a silence."""
    story = Story(without_escalation())
    key = story.fire("PaymentFailures", "warning")
    story.advance(60.0)
    story.silence(key, until=START + 9 * HOUR)
    story.look()
    story.advance(9 * HOUR - 60.0 - 1.0)
    assert story.incident.notification_pending
    del story.suppressed[key]
    assert brief(story.advance(60.0)) == [(9 * HOUR, "silence ended")]


def test_one_alert_of_several_was_silenced() -> None:
    """E30: the others burn on and are told meanwhile; the end of the silence is still a word."""
    story = Story(without_escalation())
    key = story.fire("PaymentFailures", "warning", instance="a")
    story.fire("PaymentFailures", "warning", instance="b")
    story.advance(60.0)
    story.silence(key, until=START + HOUR + 7)
    story.look()
    assert story.advance(HOUR - 60.0) == []
    del story.suppressed[key]
    assert brief(story.advance(30.0)) == [(HOUR + 7, "silence ended")]


def test_acknowledged_before_its_silence_ended() -> None:
    """Somebody has it: the end of the silence wakes nobody."""
    story = Story(without_escalation())
    key = story.fire("PaymentFailures", "warning")
    story.advance(60.0)
    story.silence(key, until=START + HOUR)
    story.ack("ana")
    story.look()
    story.advance(HOUR - 61.0)
    del story.suppressed[key]
    assert {one.reason for one in story.advance(2 * HOUR)} <= {"acknowledged"}


def test_the_next_step_waits_anew_after_a_silence() -> None:
    """Who hears at the end of a silence gets the step's time to answer before the next is woken."""
    story = Story()
    key = story.fire("PaymentFailures", "critical")
    story.advance(5 * MINUTE)
    story.silence(key, until=START + HOUR)
    story.look()
    story.advance(55 * MINUTE - 1.0)
    del story.suppressed[key]
    said = story.advance(30 * MINUTE)
    steps = [one.at for one in said if one.reason == "escalation"]
    assert min(steps) == HOUR + 15 * MINUTE


def test_the_end_is_told_through_a_silence() -> None:
    """E4: who was told of the firing is told of the end, silenced or not."""
    story = Story(without_escalation())
    key = story.fire("PaymentFailures", "warning")
    story.advance(60.0)
    story.silence(key)
    story.resolve("PaymentFailures", "warning")
    said = story.advance(10 * MINUTE)
    assert [one.reason for one in said] == ["resolved"] * 3


def muted_nights() -> Story:
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
    story = Story(replace(plan, root=root, time_intervals={"night": [night]}))
    story.now = START - START % DAY + DAY + 23 * HOUR
    return story


def test_muted_until_the_morning_then_told_once() -> None:
    """E30: what fired in a mute is told when the mute ends, once."""
    story = muted_nights()
    base = story.now
    story.fire("PaymentFailures", "warning")
    assert story.advance(6.9 * HOUR) == []
    said = story.advance(HOUR)
    assert {one.reason for one in said} == {"first"}
    assert {round(one.at + START - base) for one in said} == {7 * 3600}


def test_a_repeat_that_fell_into_a_mute_is_told_at_its_end() -> None:
    """E30: told in the evening, still burning in the morning: said once when the mute ends."""
    story = muted_nights()
    story.now -= 2 * HOUR
    base = story.now
    story.fire("PaymentFailures", "warning")
    said = story.advance(12 * HOUR)
    times = [(round(at + START - base), why) for at, why in brief(said)]
    assert times[:2] == [(30, "first"), (9 * 3600, "mute ended")]


def test_resolved_inside_a_mute() -> None:
    """E4: the end reaches those who were told, mute or no mute."""
    story = muted_nights()
    story.now -= 2 * HOUR
    story.fire("PaymentFailures", "warning")
    story.advance(3 * HOUR)
    story.resolve("PaymentFailures", "warning")
    assert {one.reason for one in story.advance(10 * MINUTE)} == {"resolved"}


def test_muted_and_over_before_anybody_heard() -> None:
    """E5: fired and over inside one mute: nobody hears, the reason is recorded."""
    story = muted_nights()
    story.fire("PaymentFailures", "warning")
    story.advance(HOUR)
    story.resolve("PaymentFailures", "warning")
    assert story.advance(12 * HOUR) == []
    assert story.entries()[-1] == "resolved: before the first notification"


def test_no_step_is_taken_in_a_mute() -> None:
    """Told before the mute, unanswered into it: the next person is not woken before it ends."""
    story = muted_nights()
    billing = replace(story.plan.receivers["billing"], escalate="billing")
    story.plan = replace(story.plan, receivers={**story.plan.receivers, "billing": billing})
    story.now -= HOUR + 5 * MINUTE
    base = story.now
    story.fire("PaymentFailures", "critical")
    said = story.advance(12 * HOUR)
    steps = [round(one.at + START - base) for one in said if one.reason == "escalation"]
    assert min(steps) >= 8 * 3600


def test_who_does_without_ends() -> None:
    """send_resolved: false: told of the beginning, not of partial ends nor of the end."""
    plan = without_escalation(billing_plan())
    quiet = replace(EMAIL, options={"send_resolved": "false"})
    billing = replace(plan.receivers["billing"], targets=(quiet, SLACK))
    story = Story(replace(plan, receivers={**plan.receivers, "billing": billing}))
    story.fire("PaymentFailures", "warning", region="eu")
    story.fire("PaymentFailures", "warning", region="us")
    story.advance(60.0)
    story.resolve("PaymentFailures", "warning", region="eu")
    story.advance(10 * MINUTE)
    story.resolve("PaymentFailures", "warning", region="us")
    story.advance(10 * MINUTE)
    assert [why for _, why in knows_firing(story.said, EMAIL)] == ["first"]
    assert [why for _, why in knows_firing(story.said, SLACK)] == [
        "first",
        "some resolved",
        "resolved",
    ]


def test_what_was_silenced_beside_others_is_told_when_the_silence_ends() -> None:
    """Telling the others does not count as having told the silenced one."""
    story = Story(without_escalation())
    story.fire("PaymentFailures", "warning", region="eu")
    key = story.fire("PaymentFailures", "warning", region="us")
    story.silence(key)
    assert {one.reason for one in story.advance(60.0)} == {"first"}
    story.suppressed.clear()
    assert {one.reason for one in story.advance(10 * MINUTE)} == {"new alerts"}


def test_what_a_message_left_out_is_told_when_it_is_back() -> None:
    """As in Alertmanager: inhibited while others were told of, and still there after that."""
    story = Story(without_escalation())
    key = story.fire("PaymentFailures", "warning", region="eu")
    story.fire("PaymentFailures", "warning", region="us")
    story.advance(60.0)
    story.inhibit(key)
    story.fire("PaymentFailures", "warning", region="ap")
    assert brief(story.advance(5 * MINUTE)) == [(330.0, "new alerts")]
    story.suppressed.clear()
    assert brief(story.advance(10 * MINUTE)) == [(630.0, "mute ended")]
    facts = story.decisions[-1].facts or {}
    regions = sorted(alert["labels"]["region"] for alert in facts["alerts"])
    assert regions == ["ap", "eu", "us"]


def test_what_was_inhibited_between_two_messages_is_no_news() -> None:
    """Nobody was given to think that it was over."""
    story = Story(without_escalation())
    key = story.fire("PaymentFailures", "warning", region="eu")
    story.fire("PaymentFailures", "warning", region="us")
    story.advance(60.0)
    story.inhibit(key)
    story.advance(5 * MINUTE)
    story.suppressed.clear()
    assert brief(story.advance(HOUR)) == []


def test_incident_is_unacknowledged_again_when_its_inhibition_ends() -> None:
    """Lists show an incident as suppressed no longer than it is, also without a new message."""
    story = Story(without_escalation())
    key = story.fire("PaymentFailures", "warning", region="eu")
    story.advance(60.0)
    story.inhibit(key)
    story.look()
    story.advance(5 * MINUTE)
    assert story.incident.list_state == "suppressed"
    story.suppressed.clear()
    assert brief(story.advance(10 * MINUTE)) == []
    assert story.incident.list_state == "firing"


def test_what_a_message_left_out_is_owed_its_end() -> None:
    """Promise 14: told of its firing, left out since, over: its end is told with the others'."""
    story = Story(without_escalation())
    key = story.fire("PaymentFailures", "warning", region="eu")
    story.fire("PaymentFailures", "warning", region="us")
    story.advance(60.0)
    story.inhibit(key)
    story.fire("PaymentFailures", "warning", region="ap")
    story.advance(5 * MINUTE)
    story.resolve("PaymentFailures", "warning", region="eu")
    assert brief(story.advance(5 * MINUTE)) == [(630.0, "some resolved")]


def test_what_was_told_ends_while_something_else_is_silenced() -> None:
    """Promise 14: the end of what people know waits for no silence over what they never heard of.

    When that silence ends, what was under it is told as the beginning that it is.
    """
    story = Story(billing_plan())
    story.fire("PaymentFailures", "warning", instance="told")
    story.advance(MINUTE)
    key = story.fire("PaymentFailures", "warning", instance="silenced")
    story.silence(key)
    story.advance(10 * MINUTE)
    story.resolve("PaymentFailures", "warning", instance="told")
    said = story.advance(HOUR)
    assert knows_firing(said, PAGER) == [(930.0, "resolved")]
    assert {one.to for one in said if one.kind == "resolved"} == {one.to for one in story.said}
    facts = [d.facts for d in story.decisions if d.facts][-1]
    assert (facts["status"], facts["firing"], facts["resolved"]) == ("resolved", 0, 1)
    assert story.entries()[-1] == "kept quiet: silenced by a silence"
    story.suppressed.clear()
    assert brief(story.advance(6 * MINUTE))[0][1] == "first"
    story.resolve("PaymentFailures", "warning", instance="silenced")
    assert knows_firing(story.advance(HOUR), PAGER)[-1][1] == "resolved"


def test_no_end_while_something_told_burns_under_a_silence() -> None:
    """Who heard of two hears no end when one is over and the other only silenced."""
    story = Story(without_escalation())
    key = story.fire("PaymentFailures", "warning", instance="a")
    story.fire("PaymentFailures", "warning", instance="b")
    story.advance(MINUTE)
    story.silence(key)
    story.look()
    story.resolve("PaymentFailures", "warning", instance="b")
    assert story.advance(2 * HOUR) == []
    story.resolve("PaymentFailures", "warning", instance="a")
    assert brief(story.advance(10 * MINUTE))[0][1] == "resolved"


def test_an_acknowledgement_ends_with_what_it_covered() -> None:
    """What was silenced then was taken by nobody: it is told, and escalates."""
    story = Story(billing_plan())
    story.fire("PaymentFailures", "warning", instance="told")
    story.advance(MINUTE)
    story.ack("ana")
    key = story.fire("PaymentFailures", "warning", instance="silenced")
    story.silence(key)
    story.resolve("PaymentFailures", "warning", instance="told")
    story.advance(10 * MINUTE)
    story.suppressed.clear()
    said = story.advance(30 * MINUTE)
    assert [reason for _, reason in brief(said)] == ["first", "escalation"]
