"""The table of transitions, compared with the decisions of random simulations."""

from gateway.config.export import incident_states
from gateway.core.decide.transitions import TRANSITIONS
from gateway.core.incidents.incident import State
from gateway.core.incidents.notice import NotifyReason
from tests.core.decide.test_random_groups import play


def test_every_notify_reason_is_in_the_table() -> None:
    """Each reason of a notice has a row in the table, except those of the outbox."""
    events = {reason for _, reason in TRANSITIONS}
    assert set(NotifyReason) - events == {NotifyReason.DIGEST, NotifyReason.TEST}


def test_random_groups_notify_as_the_table_says() -> None:
    """Each notice has the kind that the table gives for its reason."""
    reasons = set()
    for seed in range(60):
        for decision in play(seed).decisions:
            for notice in decision.notices:
                rows = {
                    state: TRANSITIONS.get((state, notice.reason))
                    for state in (State.FIRING, State.ACKNOWLEDGED)
                }
                kinds = {row.kind for row in rows.values() if row}
                reasons.add(notice.reason)
                assert notice.kind in kinds
    assert len(reasons) >= 12, "too few reasons to compare"


def test_page_of_incident_states_is_current() -> None:
    """docs/incident-states.md equals the table; `make docs` writes it."""
    assert incident_states.SHIPPED.read_text(encoding="utf-8") == incident_states.page()
