"""A holder hands an incident over: the giver keeps it until the other accepts."""

from functools import partial

import pytest

from gateway.core.actions.acknowledge import acknowledge, unacknowledge
from gateway.core.actions.handover import end_offer, offer
from gateway.core.actions.take_over import take
from gateway.core.decide.result import ActionOutcome
from tests.core.group_simulation import HOUR, MINUTE, GroupSimulation

TO_BEN = partial(offer, to="ben", text="I must go")


def offered() -> GroupSimulation:
    """Return an incident that Ana has acknowledged and hands over to Ben."""
    group = GroupSimulation()
    group.fire("DoubleChargeDetected")
    group.advance(MINUTE)
    group.act(acknowledge, "ana")
    assert group.act(TO_BEN, "ana") is ActionOutcome.OFFERED
    return group


def test_giver_keeps_it_until_the_other_accepts() -> None:
    """Ben is paged with the reason; Ana still holds it."""
    group = offered()
    assert group.incident.ack is not None
    assert group.incident.ack.by == "ana"
    (page,) = [one for one in group.notices if one.to == "email:ben@example.com"]
    assert (page.kind, page.reason, page.quiet) == ("escalation", "handed over", False)


@pytest.mark.parametrize("accept", [acknowledge, take, partial(take, holder="dee")])
def test_acknowledging_accepts(accept: object) -> None:
    """Ben accepts by acknowledging or taking over, at once, and everybody is notified once."""
    group = offered()
    before = len(group.notices)
    assert group.act(accept, "ben") is ActionOutcome.TAKEN_OVER  # type: ignore[arg-type]
    assert group.incident.ack is not None
    assert group.incident.ack.by == "ben"
    assert group.incident.responses.offer is None
    targets = [one.to for one in group.notices[before:]]
    assert len(targets) == len(set(targets))


def test_declined_offer_notifies_the_giver_and_changes_nothing_else() -> None:
    """Ana keeps it, is notified, and Ben's rules stop."""
    group = offered()
    assert group.act(end_offer, "ben") is ActionOutcome.OFFER_ENDED
    assert group.incident.ack is not None
    assert group.incident.ack.by == "ana"
    loud = [one.to for one in group.notices if one.reason == "handover ended" and not one.quiet]
    assert loud == ["email:ana@example.com"]
    assert group.advance(HOUR) == []


def test_undone_acknowledgement_ends_the_offer() -> None:
    """Without a holder there is nothing to accept."""
    group = offered()
    group.act(unacknowledge, "ana")
    assert group.incident.responses.offer is None
    assert group.act(end_offer, "ben") is ActionOutcome.REFUSED


def test_offer_that_cannot_be_meant_is_refused() -> None:
    """An unknown person, the holder, and an unacknowledged incident are refused with a reason."""
    group = GroupSimulation()
    group.fire("DoubleChargeDetected")
    group.advance(MINUTE)
    assert group.act(TO_BEN, "ana") is ActionOutcome.REFUSED
    assert "not acknowledged" in group.last.why
    group.act(acknowledge, "ana")
    assert group.act(partial(offer, to="bem"), "ana") is ActionOutcome.REFUSED
    assert "did you mean ben?" in group.last.why
    assert group.last.field == "to"
    assert group.act(partial(offer, to="ana"), "ana") is ActionOutcome.REFUSED
