"""Taking an acknowledged incident over from somebody else, and giving it back."""

from dataclasses import replace

from gateway.core.decide.result import ActionOutcome
from gateway.core.decide.take_over import GIVE_BACK_WITHIN, JUST_ACKNOWLEDGED
from gateway.core.incidents.incident_json import from_json, to_json
from tests.core.story import (
    HOUR,
    MINUTE,
    Story,
    billing_plan,
    brief,
    knows_firing,
    without_escalation,
)

CHO = "cho"


def acknowledged_by_ana() -> Story:
    """A critical incident that everyone was notified of and that Ana acknowledged."""
    story = Story()
    story.fire("DoubleChargeDetected")
    story.advance(1.0)
    assert story.ack("ana") is ActionOutcome.DONE
    story.advance(5 * MINUTE)
    return story


def test_take_over_notifies_each_target_once() -> None:
    """A take-over is one notification per target, where unack and ack were two (E20)."""
    story = acknowledged_by_ana()
    notified = {one.to for one in story.said}
    before = len(story.said)
    assert story.take("ben", "ana") is ActionOutcome.TAKEN_OVER
    said = story.said[before:]
    assert {one.reason for one in said} == {"taken over"}
    assert sorted(one.to for one in said) == sorted(notified)
    assert "taken over: Ben took over from Ana (link): 1 alert" in story.entries()


def test_take_over_notifies_a_former_holder_whom_no_message_had_reached() -> None:
    """Who acknowledged without a message learns that somebody took over, and later of the end."""
    story = Story(without_escalation())
    story.fire("DoubleChargeDetected")
    story.advance(1.0)
    story.ack("ana")
    before = len(story.said)
    story.take("ben", "ana")
    (own,) = [one for one in story.said[before:] if one.to == "email:ana@example.com"]
    assert (own.kind, own.reason) == ("firing", "taken over")
    story.resolve("DoubleChargeDetected")
    assert (knows_firing(story.advance(HOUR), own.to) or [("", "")])[0][1] == "resolved"


def test_take_over_restarts_the_expiry() -> None:
    """The new acknowledgement expires after the severity's own time, counted from the take-over."""
    story = Story()
    story.fire("DoubleChargeDetected")
    story.advance(1.0)
    story.ack("ana")
    story.advance(3 * HOUR)
    story.take("ben", "ana")
    ack = story.incident.ack
    assert ack is not None
    assert (ack.by, ack.expires_at - story.now) == ("ben", 4 * HOUR)
    assert brief(story.advance(4 * HOUR - 1)) == []
    assert [one.reason for one in story.advance(2.0)][:1] == ["acknowledgement expired"]


def test_take_over_by_two_at_once_lets_the_first_win() -> None:
    """E20: of two who take over from the same holder the first wins, the second is refused."""
    story = acknowledged_by_ana()
    assert story.take("ben", "ana") is ActionOutcome.TAKEN_OVER
    before = len(story.said)
    assert story.take(CHO, "ana") is ActionOutcome.HELD
    assert story.take(CHO) is ActionOutcome.HELD
    assert story.said[before:] == []
    assert story.incident.ack is not None
    assert story.incident.ack.by == "ben"


def test_take_over_without_a_named_holder_waits_a_minute() -> None:
    """A take-over that names no holder succeeds once the acknowledgement is a minute old."""
    story = acknowledged_by_ana()
    story.take("ben", "ana")
    story.advance(JUST_ACKNOWLEDGED - 1)
    assert story.take(CHO) is ActionOutcome.HELD
    story.advance(1.0)
    assert story.take(CHO) is ActionOutcome.TAKEN_OVER


def test_take_over_again_by_the_same_person_changes_nothing() -> None:
    """A take-over is idempotent for the same person."""
    story = acknowledged_by_ana()
    story.take("ben", "ana")
    before = len(story.said)
    assert story.take("ben", "ana") is ActionOutcome.ALREADY
    assert story.take("ben") is ActionOutcome.ALREADY
    assert story.said[before:] == []


def test_take_over_of_a_resolved_incident_is_refused() -> None:
    """E20: after the end there is nothing to take over."""
    story = acknowledged_by_ana()
    story.resolve("DoubleChargeDetected")
    assert story.take("ben", "ana") is ActionOutcome.RESOLVED
    story.advance(HOUR)
    assert story.take("ben", "ana") is ActionOutcome.RESOLVED
    assert story.give_back("ben") is ActionOutcome.RESOLVED


def test_take_over_of_an_unacknowledged_incident_acknowledges_it() -> None:
    """Without an acknowledgement a take-over is one, whoever was named as the holder."""
    story = Story()
    story.fire("DoubleChargeDetected")
    story.advance(1.0)
    assert story.take("ben", "ana") is ActionOutcome.DONE
    assert story.incident.ack is not None
    assert story.incident.ack.previous is None


def test_take_over_covers_alerts_that_came_after_the_first_acknowledgement() -> None:
    """A take-over covers everything that fires and was notified (E21)."""
    story = acknowledged_by_ana()
    late = story.fire("DoubleChargeDetected", instance="b")
    story.advance(10 * MINUTE)
    (members,) = story.joined.values()
    assert not members[late].acked
    story.take("ben", "ana")
    assert members[late].acked


def test_second_acknowledgement_of_new_alerts_is_told_as_a_take_over() -> None:
    """Who acknowledges what the holder's acknowledgement does not cover takes the incident over."""
    story = acknowledged_by_ana()
    story.fire("DoubleChargeDetected", instance="b")
    story.advance(10 * MINUTE)
    before = len(story.said)
    assert story.ack("ben") is ActionOutcome.DONE
    assert {one.reason for one in story.said[before:]} == {"taken over"}


def test_give_back_restores_the_former_acknowledgement() -> None:
    """Undoing a take-over gives the incident back with the former holder's own expiry."""
    story = acknowledged_by_ana()
    former = story.incident.ack
    story.take("ben", "ana")
    late = story.fire("DoubleChargeDetected", instance="b")
    story.advance(MINUTE)
    before = len(story.said)
    assert story.give_back("ben") is ActionOutcome.GIVEN_BACK
    assert story.incident.ack == former
    assert {one.reason for one in story.said[before:]} == {"given back"}
    assert "given back: by Ben to Ana (link)" in story.entries()
    (members,) = story.joined.values()
    assert not members[late].acked
    assert story.give_back("ben") is ActionOutcome.NOT_GIVEN_BACK


def test_give_back_after_ten_minutes_is_refused() -> None:
    """An incident goes back without a question only while the former holder is still at it."""
    story = acknowledged_by_ana()
    story.take("ben", "ana")
    story.advance(GIVE_BACK_WITHIN)
    assert story.give_back("ben") is ActionOutcome.NOT_GIVEN_BACK
    assert story.ack("ben", undo=True) is ActionOutcome.UNDONE


def test_give_back_of_an_expired_acknowledgement_is_refused() -> None:
    """E23: an acknowledgement that has expired meanwhile is not brought back."""
    plan = billing_plan()
    short = replace(plan.severities["critical"], ack_expires=8 * MINUTE)
    story = Story(replace(plan, severities={**plan.severities, "critical": short}))
    story.fire("DoubleChargeDetected")
    story.advance(1.0)
    story.ack("ana")
    story.advance(7 * MINUTE)
    story.take("ben", "ana")
    story.advance(2 * MINUTE)
    assert story.give_back("ben") is ActionOutcome.NOT_GIVEN_BACK


def test_take_over_survives_the_database() -> None:
    """The former acknowledgement is stored with the new one."""
    story = acknowledged_by_ana()
    story.take("ben", "ana")
    assert from_json(to_json(story.incident))["ack"] == story.incident.ack
