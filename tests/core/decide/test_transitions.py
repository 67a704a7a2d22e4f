"""The table of transitions is complete, and decisions follow it."""

from gateway.config.export import incident_states
from gateway.core.decide.transitions import TRANSITIONS
from gateway.core.incidents.incident import State
from gateway.core.incidents.notice import NotifyReason
from tests.core.decide.test_random_groups import play


def test_every_reason_of_a_decision_is_an_event_of_some_state() -> None:
    """A notice can be traced to a row of the table; only the outbox has reasons of its own."""
    events = {reason for _, reason in TRANSITIONS}
    assert set(NotifyReason) - events == {NotifyReason.DIGEST, NotifyReason.TEST}


def test_random_stories_notify_as_the_table_says() -> None:
    """Each notice has the kind that the table gives its reason in the state before."""
    seen = set()
    for seed in range(60):
        for decision in play(seed).decisions:
            for notice in decision.notices:
                rows = {
                    state: TRANSITIONS.get((state, notice.reason))
                    for state in (State.FIRING, State.ACKNOWLEDGED)
                }
                kinds = {row.kind for row in rows.values() if row}
                seen.add(notice.reason)
                assert notice.kind in kinds
    assert len(seen) >= 12, "the stories are too poor to show anything"


def test_the_page_of_states_is_current() -> None:
    """docs/incident-states.md is what the table says: run `make docs`."""
    assert incident_states.SHIPPED.read_text(encoding="utf-8") == incident_states.page()
