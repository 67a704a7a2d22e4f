"""Take-overs of acknowledged incidents, and giving them back."""

from dataclasses import replace

from gateway.core.actions.take_over import GIVE_BACK_WITHIN, JUST_ACKNOWLEDGED
from gateway.core.decide.result import ActionOutcome
from gateway.core.incidents.incident_json import from_json, to_json
from tests.core.group_simulation import (
    HOUR,
    MINUTE,
    GroupSimulation,
    billing_plan,
    notices_to,
    summary,
    without_escalation,
)

CHO = "cho"


def acknowledged_by_ana() -> GroupSimulation:
    """Return a critical incident that every target was notified of and Ana acknowledged."""
    group = GroupSimulation()
    group.fire("DoubleChargeDetected")
    group.advance(1.0)
    assert group.ack("ana") is ActionOutcome.DONE
    group.advance(5 * MINUTE)
    return group


def test_take_over_notifies_each_target_once() -> None:
    """E20: A take-over is one notification per target, not an undo and an acknowledgement."""
    group = acknowledged_by_ana()
    notified_targets = {one.to for one in group.notices}
    before = len(group.notices)
    assert group.take_over("ben", "ana") is ActionOutcome.TAKEN_OVER
    notices = group.notices[before:]
    assert {one.reason for one in notices} == {"taken over"}
    assert sorted(one.to for one in notices) == sorted(notified_targets)
    assert "taken over: Ben took over from Ana (link): 1 alert" in group.entries()


def test_take_over_notifies_a_former_holder_without_a_message() -> None:
    """A former holder without a message gets the take-over and the resolve."""
    group = GroupSimulation(without_escalation())
    group.fire("DoubleChargeDetected")
    group.advance(1.0)
    group.ack("ana")
    before = len(group.notices)
    group.take_over("ben", "ana")
    (notice,) = [one for one in group.notices[before:] if one.to == "email:ana@example.com"]
    assert (notice.kind, notice.reason) == ("firing", "taken over")
    group.resolve("DoubleChargeDetected")
    assert (notices_to(group.advance(HOUR), notice.to) or [(0.0, "")])[0][1] == "resolved"


def test_take_over_restarts_the_expiry() -> None:
    """The acknowledgement expires after the severity's own time from the take-over."""
    group = GroupSimulation()
    group.fire("DoubleChargeDetected")
    group.advance(1.0)
    group.ack("ana")
    group.advance(3 * HOUR)
    group.take_over("ben", "ana")
    ack = group.incident.ack
    assert ack is not None
    assert (ack.by, ack.expires_at - group.now) == ("ben", 4 * HOUR)
    assert [why for _, why in summary(group.advance(4 * HOUR - 1))] == [
        "acknowledgement expires soon"
    ]
    assert [one.reason for one in group.advance(2.0)][:1] == ["acknowledgement expired"]


def test_take_over_by_two_at_once_lets_the_first_win() -> None:
    """E20: Of two people who take over from the same holder, the first wins."""
    group = acknowledged_by_ana()
    assert group.take_over("ben", "ana") is ActionOutcome.TAKEN_OVER
    before = len(group.notices)
    assert group.take_over(CHO, "ana") is ActionOutcome.HELD
    assert group.take_over(CHO) is ActionOutcome.HELD
    assert group.notices[before:] == []
    assert group.incident.ack is not None
    assert group.incident.ack.by == "ben"


def test_take_over_without_a_named_holder_waits_a_minute() -> None:
    """A take-over that names no holder succeeds once the acknowledgement is a minute old."""
    group = acknowledged_by_ana()
    group.take_over("ben", "ana")
    group.advance(JUST_ACKNOWLEDGED - 1)
    assert group.take_over(CHO) is ActionOutcome.HELD
    group.advance(1.0)
    assert group.take_over(CHO) is ActionOutcome.TAKEN_OVER


def test_take_over_again_by_the_same_person_changes_nothing() -> None:
    """A take-over is idempotent for the same person."""
    group = acknowledged_by_ana()
    group.take_over("ben", "ana")
    before = len(group.notices)
    assert group.take_over("ben", "ana") is ActionOutcome.ALREADY
    assert group.take_over("ben") is ActionOutcome.ALREADY
    assert group.notices[before:] == []


def test_take_over_of_a_resolved_incident_is_refused() -> None:
    """E20: A resolved incident cannot be taken over."""
    group = acknowledged_by_ana()
    group.resolve("DoubleChargeDetected")
    assert group.take_over("ben", "ana") is ActionOutcome.RESOLVED
    group.advance(HOUR)
    assert group.take_over("ben", "ana") is ActionOutcome.RESOLVED
    assert group.give_back("ben") is ActionOutcome.RESOLVED


def test_take_over_of_an_unacknowledged_incident_acknowledges_it() -> None:
    """Without an acknowledgement a take-over acknowledges, also if a holder is named."""
    group = GroupSimulation()
    group.fire("DoubleChargeDetected")
    group.advance(1.0)
    assert group.take_over("ben", "ana") is ActionOutcome.DONE
    assert group.incident.ack is not None
    assert group.incident.ack.previous is None


def test_take_over_covers_alerts_that_came_after_the_first_acknowledgement() -> None:
    """E21: A take-over covers every alert that fires and was notified."""
    group = acknowledged_by_ana()
    late = group.fire("DoubleChargeDetected", instance="b")
    group.advance(10 * MINUTE)
    (members,) = group.joined.values()
    assert not members[late].acked
    group.take_over("ben", "ana")
    assert members[late].acked


def test_second_acknowledgement_of_new_alerts_is_notified_as_a_take_over() -> None:
    """Acknowledging what the holder's acknowledgement does not cover is a take-over."""
    group = acknowledged_by_ana()
    group.fire("DoubleChargeDetected", instance="b")
    group.advance(10 * MINUTE)
    before = len(group.notices)
    assert group.ack("ben") is ActionOutcome.DONE
    assert {one.reason for one in group.notices[before:]} == {"taken over"}


def test_give_back_restores_the_former_acknowledgement() -> None:
    """Undoing a take-over restores the former holder's acknowledgement and expiry."""
    group = acknowledged_by_ana()
    former = group.incident.ack
    group.take_over("ben", "ana")
    late = group.fire("DoubleChargeDetected", instance="b")
    group.advance(MINUTE)
    before = len(group.notices)
    assert group.give_back("ben") is ActionOutcome.GIVEN_BACK
    assert group.incident.ack == former
    assert {one.reason for one in group.notices[before:]} == {"given back"}
    assert "given back: by Ben to Ana (link)" in group.entries()
    (members,) = group.joined.values()
    assert not members[late].acked
    assert group.give_back("ben") is ActionOutcome.NOT_GIVEN_BACK


def test_give_back_after_ten_minutes_is_refused() -> None:
    """A take-over can be given back only within ten minutes."""
    group = acknowledged_by_ana()
    group.take_over("ben", "ana")
    group.advance(GIVE_BACK_WITHIN)
    assert group.give_back("ben") is ActionOutcome.NOT_GIVEN_BACK
    assert group.ack("ben", undo=True) is ActionOutcome.UNDONE


def test_give_back_of_an_expired_acknowledgement_is_refused() -> None:
    """E23: An acknowledgement that has expired in the meantime is not restored."""
    plan = billing_plan()
    short = replace(plan.severities["critical"], ack_expires=8 * MINUTE)
    group = GroupSimulation(replace(plan, severities={**plan.severities, "critical": short}))
    group.fire("DoubleChargeDetected")
    group.advance(1.0)
    group.ack("ana")
    group.advance(7 * MINUTE)
    group.take_over("ben", "ana")
    group.advance(2 * MINUTE)
    assert group.give_back("ben") is ActionOutcome.NOT_GIVEN_BACK


def test_take_over_survives_the_database() -> None:
    """The former acknowledgement is stored with the new one."""
    group = acknowledged_by_ana()
    group.take_over("ben", "ana")
    assert from_json(to_json(group.incident))["ack"] == group.incident.ack
