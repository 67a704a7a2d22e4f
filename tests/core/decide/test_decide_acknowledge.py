"""What an acknowledgement stops, covers and does not cover."""

from dataclasses import replace

from gateway.core.decide.result import ActionOutcome
from tests.core.story import (
    HOUR,
    MINUTE,
    PAGER,
    SLACK,
    Story,
    billing_plan,
    brief,
    knows_firing,
    without_escalation,
)


def test_it_stops_repeats_and_escalation() -> None:
    """E22: from the acknowledgement on nobody is told again, until it is over."""
    story = Story()
    story.fire("DoubleChargeDetected")
    story.advance(5 * MINUTE)
    assert story.ack("ana") is ActionOutcome.DONE
    assert story.advance(3.9 * HOUR) == []
    story.resolve("DoubleChargeDetected")
    assert brief(story.advance(5 * MINUTE))[0][1] == "resolved"


def test_everybody_who_was_told_learns_who_has_it() -> None:
    """All told targets hear it, the acker's own mailbox apart."""
    story = Story()
    story.fire("DoubleChargeDetected")
    story.advance(1.0)
    told = {one.to for one in story.said}
    before = len(story.said)
    story.ack("ana")
    after = {one.to for one in story.said[before:] if one.reason == "acknowledged"}
    assert after == told - {"email:ana@example.com"}


def test_the_second_learns_who_was_first() -> None:
    """E20: two acknowledge at once: the first wins."""
    story = Story()
    story.fire("DoubleChargeDetected")
    story.advance(1.0)
    assert story.ack("ana") is ActionOutcome.DONE
    assert story.ack("ben") is ActionOutcome.ALREADY
    assert story.incident.ack is not None
    assert story.incident.ack.by == "ana"


def test_late() -> None:
    """E20: an acknowledgement after the end says so and changes nothing."""
    story = Story()
    story.fire("DoubleChargeDetected")
    story.advance(1.0)
    story.resolve("DoubleChargeDetected")
    assert story.ack("ana") is ActionOutcome.RESOLVED
    story.advance(HOUR)
    assert story.ack("ana") is ActionOutcome.RESOLVED


def test_worse_severity_speaks_again() -> None:
    """E21: what is worse than what was acknowledged reopens, and says why; at once."""
    story = Story()
    story.fire("PaymentFailures", "warning")
    story.advance(60.0)
    story.ack("ana")
    story.advance(60.0)
    story.fire("PaymentFailures", "critical")
    said = story.advance(1.0)
    assert knows_firing(said, SLACK) == [(120.0, "worse severity")]
    assert story.incident.ack is None
    assert "reopened: got worse than what Ana acknowledged" in story.entries()


def test_new_alerts_of_the_same_severity_are_told_once() -> None:
    """E21: a new alert that is no worse is told, and the acknowledgement holds."""
    story = Story()
    story.fire("PaymentFailures", "warning", region="eu")
    story.advance(60.0)
    story.ack("ana")
    story.fire("PaymentFailures", "warning", region="us")
    assert brief(story.advance(4 * HOUR)) == [(330.0, "new alerts")]
    assert story.incident.ack is not None


def test_partial_ends_are_quiet_while_somebody_has_it() -> None:
    """Who has it sees the state change; nobody else is disturbed."""
    story = Story(without_escalation())
    story.fire("PaymentFailures", "warning", region="eu")
    story.fire("PaymentFailures", "warning", region="us")
    story.advance(60.0)
    story.ack("ana")
    story.resolve("PaymentFailures", "warning", region="eu")
    said = story.advance(5 * MINUTE)
    assert said
    assert all(one.quiet for one in said)


def test_a_forgotten_acknowledgement_expires() -> None:
    """E23: after its time the owner is reminded, and after one more wait the escalation begins."""
    story = Story()
    story.fire("DoubleChargeDetected")
    story.advance(60.0)
    story.ack("ben")
    said = story.advance(4 * HOUR)
    assert knows_firing(said, "email:ben@example.com")[0] == (
        60.0 + 4 * HOUR,
        "acknowledgement expired",
    )
    said = story.advance(15 * MINUTE)
    assert knows_firing(said, "email:ana@example.com")


def test_undo() -> None:
    """Undone: told to all, and the next step follows after one wait."""
    story = Story()
    story.fire("DoubleChargeDetected")
    story.advance(60.0)
    story.ack("ana")
    story.advance(60.0)
    before = len(story.said)
    assert story.ack("ana", undo=True) is ActionOutcome.UNDONE
    assert {one.reason for one in story.said[before:]} == {"acknowledgement undone"}
    assert knows_firing(story.advance(15 * MINUTE), "email:ben@example.com") == [
        (120.0 + 15 * MINUTE, "escalation")
    ]
    assert story.ack("ana", undo=False) is ActionOutcome.DONE


def test_a_new_episode_needs_a_new_acknowledgement() -> None:
    """E20: fired again after its end: another incident, not acknowledged."""
    story = Story()
    story.fire("DoubleChargeDetected")
    story.advance(1.0)
    story.ack("ana")
    story.resolve("DoubleChargeDetected")
    story.advance(HOUR)
    story.fire("DoubleChargeDetected")
    assert knows_firing(story.advance(1.0), PAGER)[-1][1] == "first"
    assert story.incident.ack is None


def test_asked_at_any_time_an_acknowledged_incident_keeps_quiet() -> None:
    """E22: long after repeat_interval and the next step's time, nobody is told while ana has it."""
    story = Story()
    story.fire("DoubleChargeDetected")
    story.advance(60.0)
    story.ack("ana")
    story.now += 3.5 * HOUR
    assert story.look() == []


def test_severities_up_to_the_acknowledged_one_are_covered() -> None:
    """E21: a critical that comes after the acknowledged critical ended is news, not worse."""
    story = Story()
    story.fire("PaymentFailures", "critical", region="eu")
    story.fire("PaymentFailures", "warning")
    story.advance(60.0)
    story.ack("ana")
    story.resolve("PaymentFailures", "critical", region="eu")
    story.advance(10 * MINUTE)
    story.fire("PaymentFailures", "critical", region="us")
    assert {one.reason for one in story.advance(10 * MINUTE)} == {"new alerts"}
    assert story.incident.ack is not None


def test_an_acknowledgement_that_expires_in_a_silence() -> None:
    """E23, E30: nobody is reminded of what is silenced; when the silence ends it is told."""
    story = Story()
    key = story.fire("DoubleChargeDetected")
    story.advance(60.0)
    story.ack("ana")
    story.silence(key)
    assert story.advance(5 * HOUR) == []
    story.suppressed.clear()
    assert "silence ended" in {one.reason for one in story.advance(10 * MINUTE)}


def test_what_came_after_can_be_taken_too() -> None:
    """A second acknowledgement after new alerts covers those as well, and changes who has it."""
    story = Story()
    story.fire("PaymentFailures", "warning", region="eu")
    story.advance(60.0)
    story.ack("ana")
    story.fire("PaymentFailures", "warning", region="us")
    story.advance(10 * MINUTE)
    assert story.ack("ben") is ActionOutcome.DONE
    assert story.incident.ack is not None
    assert story.incident.ack.by == "ben"
    assert story.ack("ana") is ActionOutcome.ALREADY


def test_it_does_not_cover_what_nobody_was_told() -> None:
    """E21: a critical alert that joined a moment before, and still waits, reopens and escalates."""
    plan = billing_plan()
    critical = replace(plan.severities["critical"], group_wait=30.0)
    story = Story(replace(plan, severities={**plan.severities, "critical": critical}))
    story.fire("PaymentFailures", "warning")
    story.advance(60.0)
    story.fire("PaymentFailures", "critical")
    story.ack("ana")
    said = story.advance(HOUR)
    assert knows_firing(said, SLACK)[0] == (90.0, "worse severity")
    assert knows_firing(said, "email:ben@example.com")


def test_one_that_expires_in_a_silence_lets_the_escalation_go_on_after_it() -> None:
    """E23: the silence ends, nobody answers, and the next person hears."""
    story = Story()
    key = story.fire("DoubleChargeDetected")
    story.advance(60.0)
    story.ack("ana")
    story.silence(key)
    story.advance(5 * HOUR)
    story.suppressed.clear()
    assert knows_firing(story.advance(HOUR), "email:ben@example.com")


def test_taken_before_anybody_was_told() -> None:
    """Promise 2: nobody is paged for what somebody has already; the timeline says why. When it
    is given back, it is told as if it were new, escalation and all."""
    story = Story()
    story.fire("PaymentFailures", "warning")
    story.advance(10.0)
    story.ack("ana")
    assert story.advance(HOUR) == []
    assert "kept quiet: acknowledged by Ana before the first notification" in story.entries()
    story.ack("ana", undo=True)
    said = story.advance(10 * MINUTE)
    assert knows_firing(said, SLACK)[0][1] == "first"
    assert knows_firing(said, "email:ana@example.com")
