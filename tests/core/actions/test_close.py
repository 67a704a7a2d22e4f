"""A resolution by hand, and what follows when alerts fire on."""

from dataclasses import replace
from functools import partial

from gateway.core.actions.acknowledge import acknowledge
from gateway.core.actions.close import reopen, resolve_manually
from gateway.core.alerts.alert import MANUAL_SOURCE
from gateway.core.decide.result import ActionOutcome
from gateway.core.incidents.incident import State
from tests.core.group_simulation import HOUR, MINUTE, GroupSimulation, summary


def closed() -> GroupSimulation:
    """Return an incident that was notified, and that Ana resolved after ten minutes."""
    group = GroupSimulation()
    group.fire("DoubleChargeDetected")
    group.advance(10 * MINUTE)
    act = partial(resolve_manually, reason="refunded")
    assert group.act(act, "ana") is ActionOutcome.CLOSED
    return group


def test_resolved_manually_notifies_everyone_once_and_ends_escalation() -> None:
    """Everyone who was notified gets the end, and nothing follows while no alert fires."""
    group = closed()
    notified = {one.to for one in group.notices if one.kind != "resolved"}
    ends = [one for one in group.notices if one.kind == "resolved"]
    assert {one.to for one in ends} == notified
    assert group.incident.state is State.RESOLVED
    assert group.incident.escalation is None
    group.resolve("DoubleChargeDetected")
    assert group.advance(5 * HOUR) == []
    assert group.incident.due_at is None


def test_opens_again_when_its_alerts_fire_on() -> None:
    """After reopen_after the incident opens again, says why, and escalates from the start."""
    group = closed()
    assert group.advance(5 * MINUTE - 1) == []
    notices = group.advance(1.0)
    assert {(one.at, one.reason) for one in notices} == {
        (15 * MINUTE, "reopened"),
        (15 * MINUTE, "first"),  # the first step
    }
    assert group.incident.state is State.FIRING
    assert group.incident.resolved_at is None
    assert "Ana resolved it, but 1 alert fires still after 5m" in "\n".join(group.entries())
    later = group.advance(15 * MINUTE)
    assert {why for _, why in summary(later)} == {"escalation", "missed"}


def test_opened_again_manually_while_its_alerts_fire() -> None:
    """The undo of a resolution notifies the group, and keeps the incident's number."""
    group = closed()
    number = group.incident.number
    assert group.act(reopen, "ben") is ActionOutcome.REOPENED
    assert group.incident.number == number
    assert group.incident.open
    assert group.notices[-1].reason in ("reopened", "first")


def test_cannot_open_again_when_nothing_fires() -> None:
    """An incident whose alerts have ended is not opened again, and the answer says what to do."""
    group = closed()
    group.resolve("DoubleChargeDetected")
    assert group.act(reopen, "ben") is ActionOutcome.REFUSED
    assert "no alert" in group.last.why


def test_manual_alert_ends_with_its_incident() -> None:
    """No source will end it, so the resolution does, and nothing opens again."""
    group = GroupSimulation()
    key = group.fire("ManualPage")
    group.alerts[key] = replace(group.alerts[key], source=MANUAL_SOURCE)
    (joined,) = group.joined.values()
    joined[key] = replace(joined[key], alert=group.alerts[key])
    group.advance(MINUTE)
    assert group.act(resolve_manually, "ana") is ActionOutcome.CLOSED
    decision = group.last.decision
    assert decision is not None
    assert [(one.identity, one.ends_at) for one in decision.ended] == [(key, group.now)]
    assert group.advance(HOUR) == []


def test_resolved_incident_refuses_further_actions() -> None:
    """An action on a resolved incident changes nothing."""
    group = closed()
    assert group.act(acknowledge, "ben") is ActionOutcome.RESOLVED
    assert group.act(resolve_manually, "ben") is ActionOutcome.RESOLVED
