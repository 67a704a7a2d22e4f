"""A snooze: nothing until a time, unless it gets worse."""

from functools import partial

import pytest

from gateway.core.actions.acknowledge import acknowledge
from gateway.core.actions.snooze import snooze, unsnooze
from gateway.core.decide.result import ActionOutcome
from gateway.core.incidents.incident import SUPPRESSED
from tests.core.group_simulation import DAY, HOUR, MINUTE, START, GroupSimulation, summary


def snoozed(until: float = START + 3 * HOUR, severity: str = "warning") -> GroupSimulation:
    """Return an incident that was notified and is snoozed after a minute."""
    group = GroupSimulation()
    group.fire("InvoiceDraftsStuck", severity)
    group.advance(MINUTE)
    assert group.act(partial(snooze, until=until, reason="known"), "ana") is ActionOutcome.SNOOZED
    return group


def test_snoozed_incident_is_silent_until_its_time_and_notifies_then() -> None:
    """No repeat and no escalation comes before the time, and the group is notified at it."""
    group = snoozed()
    assert group.incident.list_state == SUPPRESSED
    assert group.incident.suppressions[0].text("UTC").startswith("snoozed by Ana until")
    assert group.advance(3 * HOUR - MINUTE - 1) == []
    assert summary(group.advance(1.0)) == [(3 * HOUR, "snooze ended")]
    assert group.incident.responses.snooze is None
    assert not group.incident.suppressed


def test_snooze_is_announced_once_to_everyone_notified() -> None:
    """Everyone who was notified gets one update."""
    group = snoozed()
    notified = {one.to for one in group.notices if one.reason == "first"}
    updates = [one for one in group.notices if one.reason == "snoozed"]
    assert {one.to for one in updates} == notified
    assert len(updates) == len(notified)


def test_worse_severity_ends_the_snooze() -> None:
    """A critical alert in a snoozed warning notifies at once."""
    group = snoozed()
    group.advance(10 * MINUTE)
    group.fire("InvoiceDraftsStuck", "critical")
    assert [why for _, why in summary(group.advance(MINUTE))] == ["worse severity"]
    assert group.incident.responses.snooze is None


def test_alerts_no_worse_wait_for_the_end() -> None:
    """An alert of the same severity that joins is notified when the snooze ends."""
    group = snoozed()
    group.fire("InvoiceDraftsStuck", "warning", instance="b")
    assert group.advance(2 * HOUR) == []
    assert [why for _, why in summary(group.advance(HOUR))] == ["snooze ended"]


def test_resolved_while_snoozed_is_notified() -> None:
    """Everyone who was notified of the firing is notified of the end, snoozed or not."""
    group = snoozed()
    group.resolve("InvoiceDraftsStuck", "warning")
    assert [why for _, why in summary(group.advance(10 * MINUTE))] == ["resolved"]


def test_ended_snooze_notifies_at_once() -> None:
    """Ending the snooze by hand notifies like its end, and is recorded once with the person."""
    group = snoozed()
    group.advance(HOUR)
    assert group.act(unsnooze, "ben") is ActionOutcome.SNOOZE_ENDED
    assert [why for _, why in summary(group.advance(1.0))] == ["snooze ended"]
    ends = [line for line in group.entries() if line.startswith("snooze ended")]
    assert ends == ["snooze ended: by Ben (link)"]


def test_acknowledged_incident_stays_acknowledged_through_a_snooze() -> None:
    """The end of a snooze does not page people about what somebody works on."""
    group = snoozed(until=START + HOUR)
    assert group.act(acknowledge, "ana") is ActionOutcome.DONE
    assert group.advance(3 * HOUR) == []
    assert group.incident.ack is not None


@pytest.mark.parametrize(
    ("until", "word"), [(START, "future"), (START + 31 * DAY, "at most 30 days")]
)
def test_snooze_that_cannot_be_meant_is_refused(until: float, word: str) -> None:
    """A time in the past or far away is refused with the reason, and nothing changes."""
    group = GroupSimulation()
    group.fire("InvoiceDraftsStuck", "warning")
    group.advance(MINUTE)
    before = group.incident
    assert group.act(partial(snooze, until=until), "ana") is ActionOutcome.REFUSED
    assert word in group.last.why
    assert group.incident is before
