"""The judgement of a drill: by what arrived when, and who acknowledged."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from gateway.core.drills.judge import judge
from gateway.core.drills.run import DrillFacts, DrillState, MessageFacts
from gateway.core.plan.drill import Drill

DRILL = Drill("weekly", "drills", "escalation billing", "drill:weekly", "0 10 * * mon", "UTC", 60.0)
ACKNOWLEDGED = replace(DRILL, acknowledge=300.0)
BEGAN = 1000.0

INSTANTS = st.none() | st.floats(BEGAN, BEGAN + 400.0)
MESSAGES = st.builds(
    MessageFacts,
    st.just("Slack #billing"),
    st.just("slack"),
    st.floats(BEGAN, BEGAN + 100.0),
    INSTANTS,
    INSTANTS,
    st.booleans(),
)
FACTS = st.builds(DrillFacts, st.just(1001), st.lists(MESSAGES, max_size=3).map(tuple), INSTANTS)


def sent(accepted: float | None = None, *, receipt: float | None = None) -> MessageFacts:
    return MessageFacts("Slack #billing", "slack", BEGAN, accepted, receipt)


def test_nothing_yet_is_running() -> None:
    """There is time until `within`."""
    assert judge(DRILL, BEGAN, DrillFacts(), BEGAN + 59.0).state is DrillState.RUNNING
    late = judge(DRILL, BEGAN, DrillFacts(), BEGAN + 60.0)
    assert late == (DrillState.FAILED, "nobody was notified within 1m")


def test_each_message_must_arrive() -> None:
    """One of two is not enough; a later step has its own time."""
    facts = DrillFacts(1001, (sent(BEGAN + 1.0), sent()))
    assert judge(DRILL, BEGAN, facts, BEGAN + 30.0).text == "it waits for Slack #billing"
    late = judge(DRILL, BEGAN, facts, BEGAN + 61.0)
    assert late == (DrillState.FAILED, "Slack #billing did not arrive within 1m")
    second = replace(sent(), created_at=BEGAN + 50.0)
    facts = DrillFacts(1001, (sent(BEGAN + 1.0), second))
    assert judge(DRILL, BEGAN, facts, BEGAN + 100.0).state is DrillState.RUNNING


def test_receipt_counts_and_not_the_acceptance() -> None:
    """Where the vendor posts receipts, only they prove the arrival."""
    accepted = replace(sent(BEGAN + 1.0), expects_receipt=True)
    facts = DrillFacts(1001, (accepted,))
    late = judge(DRILL, BEGAN, facts, BEGAN + 61.0)
    assert late.text == "Slack #billing: the vendor accepted it and posted no receipt within 1m"
    facts = DrillFacts(1001, (sent(BEGAN + 1.0, receipt=BEGAN + 70.0),))
    took = judge(DRILL, BEGAN, facts, BEGAN + 71.0)
    assert took == (DrillState.FAILED, "Slack #billing took 1m10s, more than 1m")


@given(FACTS, st.floats(BEGAN, BEGAN + 500.0))
def test_success_needs_all_that_was_asked_for(facts: DrillFacts, now: float) -> None:
    """Arrived means: at least one message, each in time, and the acknowledgement in time."""
    known = _known_at(facts, now)
    state = judge(ACKNOWLEDGED, BEGAN, known, now).state
    begun = any(one.created_at <= BEGAN + 60.0 for one in known.messages)
    in_time = begun and all(
        one.arrived_at is not None and one.arrived_at - one.created_at <= 60.0
        for one in known.messages
    )
    acknowledged = known.acknowledged_at is not None and known.acknowledged_at <= BEGAN + 300.0
    assert (state is DrillState.ARRIVED) == (in_time and acknowledged)


@given(FACTS, st.floats(BEGAN, BEGAN + 500.0), st.floats(0.0, 500.0))
def test_failure_is_final(facts: DrillFacts, now: float, later: float) -> None:
    """What was too late does not become a success by waiting."""
    if judge(ACKNOWLEDGED, BEGAN, _known_at(facts, now), now).state is DrillState.FAILED:
        after = judge(ACKNOWLEDGED, BEGAN, _known_at(facts, now + later), now + later)
        assert after.state is DrillState.FAILED


def test_end_is_decided_by_the_last_deadline() -> None:
    """No drill runs for ever."""
    facts = DrillFacts(1001, (sent(BEGAN + 1.0),))
    end = BEGAN + ACKNOWLEDGED.ends_after
    assert judge(ACKNOWLEDGED, BEGAN, facts, end).state is DrillState.RUNNING
    assert judge(ACKNOWLEDGED, BEGAN, facts, end + 1.0).state is DrillState.FAILED


def _known_at(facts: DrillFacts, now: float) -> DrillFacts:
    """Return what was known of it at an instant."""
    messages = tuple(
        replace(one, accepted_at=_by(one.accepted_at, now), received_at=_by(one.received_at, now))
        for one in facts.messages
        if one.created_at <= now
    )
    return replace(facts, messages=messages, acknowledged_at=_by(facts.acknowledged_at, now))


def _by(at: float | None, now: float) -> float | None:
    return at if at is not None and at <= now else None
